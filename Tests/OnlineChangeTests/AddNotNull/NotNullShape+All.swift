import Postgres

extension NotNullShape {
    static let filled: [NotNullShape] = [
        text("primary key, constant"),
        NotNullShape(
            name: "no primary key",
            setup: "CREATE TABLE item (id integer, name text); \(rows)",
            writes: ["INSERT INTO item (id) VALUES (101)", "UPDATE item SET name = NULL WHERE id = 4"]
        ),
        NotNullShape(
            name: "quoted names: mixed case, a blank, a quote, keywords",
            table: QualifiedName(schema: "My Schema", name: "the \"Item\" x"),
            column: "Full Name",
            setup: """
                CREATE SCHEMA "My Schema";
                CREATE TABLE "My Schema"."the ""Item"" x" (id integer PRIMARY KEY, "Full Name" text, "order" text, "Select" text);
                INSERT INTO "My Schema"."the ""Item"" x" SELECT n, n, 'order ' || n, 'select' FROM generate_series(1, 9) n
                """,
            fill: #""order" || "the ""Item"" x"."Select""#,
            nulls: #"UPDATE "My Schema"."the ""Item"" x" SET "Full Name" = NULL WHERE id % 3 = 0"#,
            writes: [
                #"UPDATE "My Schema"."the ""Item"" x" SET "Full Name" = NULL, "order" = 'Ä' WHERE id = 2"#,
                #"INSERT INTO "My Schema"."the ""Item"" x" (id, "order", "Select") VALUES (10, 'o', 's')"#,
            ]
        ),
        longNames(),
        NotNullShape(
            name: "columns called like variables of the language",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text, "new" text, found text, old text, tg_op text, t text);
                INSERT INTO item SELECT n, 'name ' || n, 'new', 'found', 'old', 'op', 't' FROM generate_series(1, 20) n
                """,
            fill: #""new" || found || old || item.tg_op || t"#,
            writes: [
                "UPDATE item SET name = NULL WHERE id = 4",
                #"INSERT INTO item (id, "new", found, old, tg_op, t) VALUES (101, 'a', 'b', 'c', 'd', 'e')"#,
            ]
        ),
        typed(
            "domain",
            "label",
            before: "CREATE DOMAIN label AS text DEFAULT NULL CHECK (VALUE <> '')",
            value: "'name'",
            fill: "'none'"
        ),
        typed("enum", "mood", before: "CREATE TYPE mood AS ENUM ('open', 'closed')", value: "'closed'", fill: "'open'"),
        typed("numeric with a scale", "numeric(10,2)", value: "n", fill: "qty * 1.005"),
        typed("jsonb", "jsonb", value: "'[]'", fill: #"'{"a": "it''s"}'"#),
        typed("array", "text[]", value: "'{a}'", fill: "ARRAY[qty::text, 'b']"),
        typed("date by a function of the server", "date", value: "'2020-01-01'", fill: "make_date(2000 + qty, 1, 2)"),
        typed(
            "composite",
            "pair",
            before: "CREATE TYPE pair AS (a integer, b text)",
            value: "ROW(n, NULL)::pair",
            fill: "ROW(qty, NULL)::pair",
            needs: [.version(18_00_00)]
        ),
        text("default present", "ALTER TABLE item ALTER name SET DEFAULT 'by default'"),
        text(
            "CHECK and index on it",
            """
            ALTER TABLE item ADD CONSTRAINT filled CHECK (name <> ''); CREATE INDEX ON item (lower(name));
            CREATE UNIQUE INDEX ON item (name, id)
            """,
            fill: "item.id::text || '!'",
            acknowledge: ["constraint filled"]
        ),
        text(
            "view and materialized view",
            "CREATE VIEW seen AS SELECT name FROM item; CREATE MATERIALIZED VIEW kept AS SELECT * FROM item"
        ),
        text(
            "the server's name for the constraint is taken",
            "CREATE TABLE other (x integer CONSTRAINT item_name_not_null NOT NULL)"
        ),
        text(
            "the name of the check is taken",
            #"ALTER TABLE item ADD CONSTRAINT "online_change name not null" CHECK (id > 0)"#
        ),
        text(
            "BEFORE triggers that set NULL",
            """
            CREATE FUNCTION emptied() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := NULL; RETURN NEW; END';
            CREATE TRIGGER zz BEFORE INSERT OR UPDATE ON item FOR EACH ROW WHEN (NEW.name = 'by update')
            EXECUTE FUNCTION emptied();
            CREATE TRIGGER "~a" BEFORE INSERT ON item FOR EACH ROW WHEN (NEW.id = 102) EXECUTE FUNCTION emptied();
            """
        ),
        NotNullShape(
            name: "a function found through the session's search_path",
            setup: """
                CREATE SCHEMA app;
                CREATE FUNCTION app.slug(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'app ' || $1 $$;
                CREATE FUNCTION public.slug(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'public ' || $1 $$;
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows);
                CREATE FUNCTION app.twice(text, text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT $1 || $1 || $2 $$;
                CREATE OPERATOR app.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = app.twice)
                """,
            fill: "slug(id::text) + 'x'::text",
            searchPath: "app, public"
        ),
        NotNullShape(
            name: "foreign key",
            setup: """
                CREATE TABLE owner (id text PRIMARY KEY); INSERT INTO owner VALUES ('unknown'), ('known');
                CREATE TABLE item (id integer PRIMARY KEY, name text REFERENCES owner);
                INSERT INTO item SELECT n, 'known' FROM generate_series(1, 20) n
                """,
            writes: writesOfNull.dropLast(),
            acknowledge: ["constraint item_name_fkey"]
        ),
        NotNullShape(
            name: "unique, a random value each",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name uuid UNIQUE DEFERRABLE);
                INSERT INTO item SELECT n, gen_random_uuid() FROM generate_series(1, 20) n
                """,
            fill: "gen_random_uuid()",
            writes: writesOfNull.filter { !$0.text.contains("by update") && !$0.text.contains("CONFLICT") },
            isRepeatable: false,
            acknowledge: ["constraint item_name_key"]
        ),
        NotNullShape(
            name: "a sequence",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name bigint); CREATE SEQUENCE numbers;
                INSERT INTO item SELECT n, n FROM generate_series(1, 20) n
                """,
            fill: "nextval('numbers')",
            writes: writesOfNull.dropLast(),
            isRepeatable: false
        ),
        text("the time, as text", fill: "now()::date::text"),
    ]

    static let unfilled: [NotNullShape] = [
        NotNullShape(
            name: "nothing to fill",
            setup: "CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows)",
            fill: nil,
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'x' WHERE id = 4"]
        ),
        NotNullShape(
            name: "a rewrite rule, which would rewrite a backfill",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows);
                CREATE RULE always AS ON UPDATE TO item DO ALSO SELECT 1; ALTER TABLE item ENABLE ALWAYS RULE always
                """,
            fill: nil,
            nulls: "SELECT 1",
            writes: ["INSERT INTO item VALUES (101, 'x')"]
        ),
        NotNullShape(
            name: "a valid check proves it",
            setup:
                "CREATE TABLE item (id integer PRIMARY KEY, name text CONSTRAINT mine CHECK (name IS NOT NULL)); \(rows)",
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'x' WHERE id = 4"]
        ),
        NotNullShape(
            name: "stored generated column",
            column: "shown",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text, shown text GENERATED ALWAYS AS (lower(name)) STORED);
                \(rows)
                """,
            fill: nil,
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'X' WHERE id = 4"]
        ),
        NotNullShape(
            name: "a check that is not valid",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows); INSERT INTO item VALUES (99, NULL);
                ALTER TABLE item ADD CONSTRAINT mine CHECK (name IS NOT NULL) NOT VALID
                """,
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'X' WHERE id = 4"]
        ),
        NotNullShape(
            name: "a NOT NULL constraint that is not valid, beside a check that proves it",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows);
                ALTER TABLE item ADD CONSTRAINT mine NOT NULL name NOT VALID, ADD CONSTRAINT proof CHECK (name IS NOT NULL);
                COMMENT ON CONSTRAINT mine ON item IS 'soon'
                """,
            fill: nil,
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'X' WHERE id = 4"],
            needs: [.version(18_00_00)]
        ),
        NotNullShape(
            name: "a NOT NULL constraint that is not valid",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows); INSERT INTO item VALUES (99, NULL);
                ALTER TABLE item ADD CONSTRAINT mine NOT NULL name NOT VALID; COMMENT ON CONSTRAINT mine ON item IS 'soon'
                """,
            nulls: "SELECT 1",
            writes: ["UPDATE item SET name = 'X' WHERE id = 4"],
            needs: [.version(18_00_00)]
        ),
    ]

    /// Names of 63 bytes, those of letters that have two bytes among them.
    private static func longNames() -> NotNullShape {
        let table = Identifier("t" + String(repeating: "ä", count: 31))
        let column = Identifier("c" + String(repeating: "ö", count: 31))
        return NotNullShape(
            name: "names of 63 bytes",
            table: QualifiedName(schema: "public", name: table),
            column: column,
            setup: """
                CREATE TABLE \(table) (id integer PRIMARY KEY, \(column) text);
                INSERT INTO \(table) SELECT n, n FROM generate_series(1, 20) n
                """,
            fill: "id || 'x'",
            nulls: "UPDATE \(table) SET \(column) = NULL WHERE id % 3 = 0",
            writes: ["UPDATE \(table) SET \(column) = NULL WHERE id = 4", "INSERT INTO \(table) (id) VALUES (101)"]
        )
    }
}
