import Postgres

extension Shape {
    /// Domains, enums, composites, ranges, types of extensions, and collations.
    static let userTypes: [Shape] = [
        .type(
            "app.label",
            "'a'",
            "'b'",
            made: """
                CREATE SCHEMA app;
                CREATE DOMAIN app.label AS varchar(20) COLLATE "C" DEFAULT 'none' NOT NULL CHECK (VALUE <> '');
                """,
            and: "CREATE INDEX item_name ON item (name)",
            name: "domain with default, NOT NULL and CHECK"
        ),
        .type(
            "positive",
            "1",
            "2.5",
            made: """
                CREATE DOMAIN amount AS numeric(8,2) DEFAULT 7; CREATE DOMAIN positive AS amount CHECK (VALUE > 0);
                """,
            and: "CREATE INDEX item_name ON item (name DESC, abs(name))",
            name: "domain over a domain"
        ),
        .type(
            "email",
            "'a@b'",
            "'A@B'",
            made: "CREATE EXTENSION citext; CREATE DOMAIN email AS citext CHECK (VALUE LIKE '%@%');",
            and: "CREATE INDEX item_name ON item (name) WHERE name LIKE 'a%'",
            name: "domain over citext",
            needs: [.extension("citext")]
        ),
        .type(
            "tags",
            "'{a,b}'::tags",
            "'{}'",
            made: "CREATE DOMAIN tag AS text CHECK (VALUE <> ''); CREATE DOMAIN tags AS tag[] DEFAULT '{}' NOT NULL;",
            and: "CREATE INDEX item_name ON item USING gin (name)",
            name: "domain over an array of a domain"
        ),
        .type(
            "mood",
            "'sad'::mood",
            "'happy'",
            made: "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');",
            and:
                "CREATE INDEX item_name ON item (name) WHERE name <> 'ok'; ALTER TABLE item ALTER name SET DEFAULT 'ok'",
            name: "enum"
        ),
        .type(
            "mood[]",
            "'{sad}'::mood[]",
            "'{}'",
            made: "CREATE TYPE mood AS ENUM ('sad', 'ok');",
            name: "array of enum"
        ),
        .type(
            "place",
            "ROW(1, 'a')::place",
            "ROW(NULL, NULL)::place",
            made: "CREATE TYPE place AS (floor integer, room text);",
            and: "CREATE INDEX item_name ON item (name); CREATE INDEX item_room ON item (((name).room))",
            name: "composite with all its fields NULL"
        ),
        .type(
            "span",
            "'[1.0,2.0]'::span",
            "'[1.00,2.0]'",
            made: "CREATE TYPE span AS RANGE (subtype = numeric);",
            and: "CREATE INDEX item_name ON item USING gist (name)",
            name: "range"
        ),
        .type("citext", "'abc'::citext", "'ABC'", made: "CREATE EXTENSION citext;", needs: [.extension("citext")]),
        .type("hstore", "'a=>1'::hstore", "''", made: "CREATE EXTENSION hstore;", needs: [.extension("hstore")]),
        .type(
            #"text COLLATE "C""#,
            "'a'",
            "'B'",
            and: #"CREATE INDEX item_name ON item (name, name COLLATE "POSIX", lower(name))"#
        ),
        .type(
            "text COLLATE app.anycase",
            "'a'",
            "'A'",
            made: """
                CREATE SCHEMA app;
                CREATE COLLATION app.anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                """,
            and: "CREATE INDEX item_name ON item (name)",
            name: "non-deterministic collation",
            needs: [.icu]
        ),
    ]

    /// Defaults, constant and volatile.
    static let defaults: [Shape] = [
        Shape(
            name: "constant default, given and not",
            setup: "CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'none'); \(textRows)",
            writes: { column in
                textWrites(column) + ["INSERT INTO item (id) VALUES (201)", "INSERT INTO item (id) VALUES (202)"]
            }
        ),
        Shape(
            name: "default now()",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name timestamptz NOT NULL DEFAULT now());
                INSERT INTO item SELECT n, '2024-01-01'::timestamptz + n * interval '1 day' FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "INSERT INTO item (id, \(column)) VALUES (101, '2024-02-29 12:00+00')",
                    "INSERT INTO item (id, \(column)) VALUES (102, '2024-02-29 12:00+00')",
                    "UPDATE item SET \(column) = '2025-01-01 00:00+00' WHERE id = 1",
                ]
            }
        ),
        Shape(
            name: "default random()",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name float8 DEFAULT random());
                INSERT INTO item SELECT n, n FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "INSERT INTO item (id, \(column)) VALUES (101, 0.5)",
                    "INSERT INTO item (id, \(column)) VALUES (102, 0.25)",
                    "UPDATE item SET \(column) = 0.125 WHERE id = 1",
                ]
            }
        ),
        Shape(
            name: "default nextval() of a sequence of its own",
            setup: """
                CREATE SEQUENCE numbers; CREATE TABLE item (id integer PRIMARY KEY, name bigint DEFAULT nextval('numbers'));
                INSERT INTO item (id) SELECT n FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "INSERT INTO item (id) VALUES (101)", "INSERT INTO item (id) VALUES (102)",
                    "UPDATE item SET \(column) = nextval('numbers') WHERE id = 1",
                    "UPDATE item SET \(column) = nextval('numbers') WHERE id = 2",
                ]
            }
        ),
        Shape(
            name: "default that older rows have without being rewritten",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY); INSERT INTO item SELECT generate_series(1, 20);
                ALTER TABLE item ADD name text DEFAULT 'from before' NOT NULL; ALTER TABLE item ALTER name SET DEFAULT 'later';
                """
        ),
    ]
}
