CREATE TABLE note (id integer PRIMARY KEY, title text, updated_at timestamptz NOT NULL DEFAULT 'epoch');
CREATE TABLE note_audit (note integer, what text);
INSERT INTO note (id, title) SELECT g, 'note ' || g FROM generate_series(1, 2000) AS g;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO note_audit VALUES (NEW.id, TG_OP); RETURN NULL; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER audit AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION audit();
