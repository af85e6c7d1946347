import Postgres

extension Shape {
    /// Views, rules, policies and functions that read the column.
    static let readers: [Shape] = [
        textTable(
            "views, nested, with grants and options",
            """
            CREATE VIEW named AS SELECT id, name, lower(name) AS low FROM item WHERE name IS NOT NULL;
            CREATE VIEW "All" WITH (security_barrier) AS SELECT n.*, item.name AS again FROM named n JOIN item USING (name);
            CREATE VIEW checked AS SELECT name FROM item WHERE id > 2 WITH CASCADED CHECK OPTION;
            ALTER VIEW named ALTER low SET DEFAULT 'x';
            GRANT SELECT, UPDATE (name) ON named TO pg_monitor WITH GRANT OPTION; GRANT SELECT ON "All" TO PUBLIC;
            COMMENT ON COLUMN named.name IS 'of the item';
            """
        ),
        textTable(
            "materialized view with index",
            """
            CREATE MATERIALIZED VIEW kept AS SELECT name, count(*) AS number FROM item GROUP BY name;
            CREATE UNIQUE INDEX kept_name ON kept (name);
            CREATE VIEW over_kept AS SELECT name FROM kept;
            """
        ),
        textTable(
            "rule that reads it",
            """
            CREATE TABLE log (name text);
            CREATE RULE written AS ON UPDATE TO item WHERE NEW.id < 10 DO ALSO INSERT INTO log VALUES (OLD.id::text);
            CREATE RULE noted AS ON INSERT TO item WHERE NEW.name = 'never' DO ALSO INSERT INTO log VALUES (NEW.name);
            COMMENT ON RULE noted ON item IS 'never';
            """,
            acknowledge: ["rule noted"]
        ),
        textTable(
            "row security policies",
            """
            CREATE FUNCTION may_read(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 IS NOT NULL';
            ALTER TABLE item ENABLE ROW LEVEL SECURITY;
            CREATE POLICY mine ON item FOR SELECT TO PUBLIC USING (name = current_user OR may_read(name));
            CREATE POLICY never ON item AS RESTRICTIVE FOR UPDATE TO pg_monitor USING (name <> 'x') WITH CHECK (name <> 'y');
            CREATE POLICY subtle ON item FOR DELETE USING (EXISTS (SELECT FROM item AS i WHERE i.name = item.name));
            COMMENT ON POLICY mine ON item IS 'one reads what one may';
            """
        ),
        textTable(
            "functions with SQL-standard bodies",
            """
            CREATE FUNCTION find(wanted text) RETURNS integer LANGUAGE sql STABLE
                BEGIN ATOMIC SELECT id FROM item WHERE name = wanted; END;
            CREATE PROCEDURE rename_all() LANGUAGE sql BEGIN ATOMIC UPDATE item SET name = upper(name); END;
            CREATE FUNCTION untouched() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM item; END;
            """
        ),
        textTable(
            "functions of the row type",
            """
            CREATE FUNCTION label(item) RETURNS text LANGUAGE sql STABLE AS 'SELECT ''item '' || ($1).id';
            CREATE FUNCTION every_item() RETURNS SETOF item LANGUAGE sql STABLE AS 'SELECT * FROM item';
            CREATE TABLE kept (id integer, was item, were item[]);
            """,
            acknowledge: [
                "function public.label(public.item)", "function public.every_item()", "column was of table public.kept",
                "column were of table public.kept",
            ]
        ),
    ]

    /// Triggers of every kind on the column.
    static let triggers: [Shape] = [
        textTable(
            "BEFORE and AFTER row triggers with UPDATE OF and WHEN",
            """
            \(audit)
            ALTER TABLE item ADD changes integer NOT NULL DEFAULT 0;
            CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF id, name ON item FOR EACH ROW
                WHEN (NEW.name IS NOT NULL) EXECUTE FUNCTION touch();
            CREATE TRIGGER audit AFTER UPDATE OF name, changes OR DELETE ON item FOR EACH ROW
                EXECUTE FUNCTION audit('row', 'it''s \\');
            CREATE TRIGGER changed AFTER UPDATE OF name ON item FOR EACH ROW
                WHEN (OLD.name IS DISTINCT FROM NEW.name AND OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION audit('changed');
            COMMENT ON TRIGGER audit ON item IS 'who''s there';
            """
        ),
        textTable(
            "constraint triggers",
            """
            \(audit) CREATE TABLE other (id integer);
            CREATE CONSTRAINT TRIGGER later AFTER INSERT OR UPDATE OF name ON item FROM other
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name <> 'x') EXECUTE FUNCTION audit('later');
            CREATE CONSTRAINT TRIGGER now AFTER UPDATE OF name, id ON item FOR EACH ROW EXECUTE FUNCTION audit('now');
            COMMENT ON TRIGGER later ON item IS 'at commit';
            ALTER TABLE item DISABLE TRIGGER now;
            """
        ),
        textTable(
            "disabled, replica and always triggers",
            """
            \(audit)
            CREATE TRIGGER off AFTER UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION audit('off');
            CREATE TRIGGER replica AFTER UPDATE OF name ON item FOR EACH ROW WHEN (OLD.name <> NEW.name)
                EXECUTE FUNCTION audit('replica');
            CREATE TRIGGER always AFTER UPDATE OF name ON item FOR EACH ROW WHEN (OLD.name <> NEW.name)
                EXECUTE FUNCTION audit('always');
            ALTER TABLE item DISABLE TRIGGER off, ENABLE REPLICA TRIGGER replica, ENABLE ALWAYS TRIGGER always;
            """
        ),
        textTable(
            "statement triggers",
            """
            \(audit)
            CREATE TRIGGER before_statement BEFORE UPDATE OF name OR TRUNCATE ON item EXECUTE FUNCTION audit('before');
            CREATE TRIGGER after_statement AFTER UPDATE OF name, id ON item FOR EACH STATEMENT EXECUTE FUNCTION audit('after');
            CREATE TRIGGER deleted AFTER DELETE ON item REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
                EXECUTE FUNCTION audit('deleted');
            """
        ),
        textTable(
            "trigger names that sort first and last",
            """
            \(audit) ALTER TABLE item ADD changes integer NOT NULL DEFAULT 0;
            CREATE TRIGGER "!a" BEFORE UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE TRIGGER "~z" BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE TRIGGER "😀" BEFORE UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION touch();
            """
        ),
    ]

    private static let audit: SQL = """
        CREATE TABLE log (number integer GENERATED ALWAYS AS IDENTITY, kind text, arguments text[]);
        CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO log (kind, arguments) VALUES (TG_OP, TG_ARGV); RETURN NULL; END';
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.changes := NEW.changes + 1; RETURN NEW; END';
        """
}
