CREATE OR REPLACE FUNCTION lower_mail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row jsonb := to_jsonb(NEW);
    primary_name text := (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = TG_RELID AND a.attnum = 2);
BEGIN
    -- The original column is the second one, whether it is called mail or email.
    RETURN jsonb_populate_record(NEW, jsonb_build_object(primary_name, lower(row ->> primary_name)));
END $$;
