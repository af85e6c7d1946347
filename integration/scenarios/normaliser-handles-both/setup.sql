CREATE TABLE person (id integer PRIMARY KEY, mail text);
INSERT INTO person VALUES (1, 'ada@example.org'), (2, NULL);
CREATE FUNCTION lower_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.mail := lower(NEW.mail); RETURN NEW; END $$;
CREATE TRIGGER lower_mail BEFORE INSERT OR UPDATE OF mail ON person FOR EACH ROW EXECUTE FUNCTION lower_mail();
