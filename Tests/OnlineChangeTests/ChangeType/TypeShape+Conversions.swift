import Postgres

extension TypeShape {
    private static func plain(_ type: SQL, _ values: SQL) -> SQL {
        """
        CREATE TABLE item (id int PRIMARY KEY, value \(type));
        INSERT INTO item SELECT g, \(values) FROM generate_series(1, 40) g; INSERT INTO item VALUES (99, NULL)
        """
    }

    static let conversions: [TypeShape] = [
        TypeShape(name: "text to integer", type: "integer", using: "value::int", setup: plain("text", "g::text")),
        TypeShape(name: "integer to text", type: "text", setup: plain("int", "g - 20")),
        TypeShape(name: "bigint to integer", type: "integer", setup: plain("bigint", "g - 20")),
        TypeShape(name: "integer to smallint", type: "smallint", setup: plain("int", "g - 20")),
        TypeShape(name: "integer to numeric", type: "numeric(12,2)", setup: plain("int", "g")),
        TypeShape(name: "integer to double", type: "double precision", setup: plain("int", "g")),
        TypeShape(
            name: "numeric to integer, with a loss",
            type: "integer",
            setup: plain("numeric", "g + 0.4"),
            allowsLoss: true
        ),
        TypeShape(name: "shorter varchar", type: "character varying(5)", setup: plain("varchar(20)", "'v' || g")),
        TypeShape(
            name: "text to an enum",
            type: "mood",
            using: "CASE value WHEN 'sad' THEN 'sad'::mood WHEN 'glad' THEN 'glad'::mood END",
            setup:
                "CREATE TYPE mood AS ENUM ('sad', 'glad'); \(plain("text", "CASE WHEN g % 2 = 0 THEN 'sad' ELSE 'glad' END"))"
        ),
        TypeShape(
            name: "text to uuid",
            type: "uuid",
            using: "value::uuid",
            setup: plain("text", "md5(g::text)::uuid::text")
        ),
        TypeShape(
            name: "timestamp to timestamptz",
            type: "timestamp with time zone",
            using: "value AT TIME ZONE 'UTC'",
            reverse: "value AT TIME ZONE 'UTC'",
            setup: plain("timestamp", "timestamp '2026-01-01' + g * interval '1 day'")
        ),
        TypeShape(
            name: "text to jsonb",
            type: "jsonb",
            using: "value::jsonb",
            setup: plain("text", "format('{\"a\": %s}', g)")
        ),
        TypeShape(
            name: "json to jsonb, with a loss",
            type: "jsonb",
            setup: plain("json", "json_build_object('a', g)"),
            allowsLoss: true
        ),
        TypeShape(name: "arrays", type: "bigint[]", setup: plain("int[]", "ARRAY[g, NULL]")),
        TypeShape(
            name: "to a domain",
            type: "positive",
            setup: "CREATE DOMAIN positive AS bigint CHECK (VALUE > 0); \(plain("int", "g"))"
        ),
        TypeShape(
            name: "from a domain",
            setup: "CREATE DOMAIN positive AS int CHECK (VALUE > 0); \(plain("positive", "g"))"
        ),
        TypeShape(
            name: "another collation",
            type: "text COLLATE \"C\"",
            setup: "\(plain("text", "'v' || g")); CREATE INDEX sorted ON item (value)"
        ),
        TypeShape(
            name: "boolean from integer by an expression",
            type: "boolean",
            using: "value <> 0",
            reverse: "value::int",
            setup: plain("int", "g % 2")
        ),
        TypeShape(
            name: "a column called like PL/pgSQL's own variable",
            column: "found",
            using: "found::bigint",
            setup:
                "CREATE TABLE item (id int, found text); INSERT INTO item SELECT g, g::text FROM generate_series(1, 9) g"
        ),
    ]

    static let directs: [TypeShape] = [
        TypeShape(
            name: "longer varchar",
            type: "character varying(40)",
            setup: plain("varchar(20)", "'v' || g"),
            isDirect: true
        ),
        TypeShape(
            name: "varchar to text with an index",
            type: "text",
            setup:
                "\(plain("varchar(20)", "'v' || g")); CREATE INDEX i ON item (value); CREATE UNIQUE INDEX u ON item (lower(value), id)",
            isDirect: true
        ),
        TypeShape(
            name: "longer varchar with a check goes the long way",
            type: "character varying(40)",
            setup: "\(plain("varchar(20)", "'v' || g")); ALTER TABLE item ADD CHECK (value <> '')"
        ),
    ]
}
