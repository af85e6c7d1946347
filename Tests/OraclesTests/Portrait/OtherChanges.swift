import Postgres

extension PropertyChange {
    static let others: [PropertyChange] = [
        .altering("STATISTICS app.person_stats", "statistics", "SET STATISTICS 9", "SET STATISTICS -1"),
        PropertyChange(
            "statistics",
            "DO 'BEGIN DROP STATISTICS app.person_stats; \(statistics("mcv")); END'",
            undo: "DO 'BEGIN DROP STATISTICS app.person_stats; \(statistics("dependencies")); END'"
        ),
        .altering(
            "PUBLICATION news",
            "publications",
            "SET (publish = 'insert')",
            "SET (publish = 'insert, update, delete, truncate')"
        ),
        .altering("PUBLICATION news", "published tables", "ADD TABLE app.note", "DROP TABLE app.note"),
        .altering(
            "PUBLICATION narrow",
            "published tables",
            "SET TABLE app.person (id) WHERE (id > 0)",
            "SET TABLE app.person (id, name) WHERE (id > 0)",
            since: 150_000
        ),
        .altering(
            "PUBLICATION narrow",
            "published tables",
            "SET TABLE app.person (id, name) WHERE (id > 1)",
            "SET TABLE app.person (id, name) WHERE (id > 0)",
            since: 150_000
        ),
        .altering(
            "PUBLICATION wide",
            "published schemas",
            "DROP TABLES IN SCHEMA app",
            "ADD TABLES IN SCHEMA app",
            since: 150_000
        ),
        .altering("TYPE app.mood", "types", "RENAME VALUE 'sad' TO 'blue'", "RENAME VALUE 'blue' TO 'sad'"),
        .altering("DOMAIN app.short", "types", "SET DEFAULT 'x'", "SET DEFAULT 'none'"),
        .altering("DOMAIN app.short", "types", "SET NOT NULL", "DROP NOT NULL"),
        .altering("TYPE app.span", "types", "OWNER TO pg_monitor", "OWNER TO CURRENT_USER"),
        PropertyChange(
            "types",
            "REVOKE USAGE ON TYPE app.mood FROM PUBLIC",
            undo: "GRANT USAGE ON TYPE app.mood TO PUBLIC"
        ),
        .altering(
            "OPERATOR app.<+> (integer, integer)",
            "operators",
            "SET (RESTRICT = eqsel)",
            "SET (RESTRICT = NONE)"
        ),
        .altering("COLLATION app.plain", "collations", "OWNER TO pg_monitor", "OWNER TO CURRENT_USER"),
        .altering(
            "TEXT SEARCH CONFIGURATION app.words",
            "text search configurations",
            "ALTER MAPPING FOR word WITH app.stems",
            "ALTER MAPPING FOR word WITH simple"
        ),
        .altering(
            "TEXT SEARCH DICTIONARY app.stems",
            "text search dictionaries",
            "(accept = false)",
            "(accept)"
        ),
        .altering(
            "FOREIGN DATA WRAPPER elsewhere",
            "foreign-data wrappers",
            "OPTIONS (ADD a 'b')",
            "OPTIONS (DROP a)"
        ),
        .altering("SERVER far", "foreign servers", "OPTIONS (ADD a 'b')", "OPTIONS (DROP a)"),
        PropertyChange(
            "user mappings",
            "CREATE USER MAPPING FOR PUBLIC SERVER far",
            undo: "DROP USER MAPPING FOR PUBLIC SERVER far"
        ),
        PropertyChange(
            "default privileges",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC",
            undo: "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM PUBLIC"
        ),
        PropertyChange(
            "casts",
            "CREATE CAST (app.mood AS integer) WITH INOUT",
            undo: "DROP CAST (app.mood AS integer)"
        ),
        .comment(on: "SCHEMA app"), .comment(on: "SCHEMA public", was: "standard public schema"),
        .comment(on: "TABLE app.person"), .comment(on: "COLUMN app.person.age"),
        .comment(on: "CONSTRAINT plausible ON app.person"), .comment(on: "CONSTRAINT is_short ON DOMAIN app.short"),
        .comment(on: "INDEX app.person_name"), .comment(on: "TRIGGER touched ON app.person"),
        .comment(on: "POLICY own ON app.person"), .comment(on: "RULE quiet ON app.visit"),
        .comment(on: "STATISTICS app.person_stats"), .comment(on: "PUBLICATION news"),
        .comment(on: "SEQUENCE app.ticket"), .comment(on: "TYPE app.mood"), .comment(on: "VIEW app.adult"),
        .comment(on: "FUNCTION app.touch()"), .comment(on: "EVENT TRIGGER audited"),
    ]

    private static func comment(on object: SQL, was comment: String? = nil) -> PropertyChange {
        PropertyChange(
            "comments",
            "COMMENT ON \(object) IS 'x'",
            undo: "COMMENT ON \(object) IS \(comment.map { "\(literal: $0)" } ?? "NULL" as SQL)"
        )
    }

    private static func statistics(_ kind: SQL) -> SQL {
        "CREATE STATISTICS app.person_stats (\(kind)) ON name, age FROM app.person"
    }
}
