import Postgres

extension Shape {
    /// Names that need their quotes, and some that mislead.
    static let names: [Shape] = [
        named("mixed case", "fullName", "FullName", table: "Item", schema: "App"),
        named("double quotes", #"he said "hi""#, #"""#, table: #""item""#, schema: #"a"b"#),
        named("single quotes", "it's", "'", table: "o'item", schema: "'"),
        named("dots and spaces", "a.b c", " c.d ", table: "public.item", schema: "my schema."),
        named("dollar signs", "$1", "$$", table: "item$", schema: "$body$"),
        named("our own marks", "$online_change$", "online_change ", table: "online_change", schema: "$online_change$"),
        named("backslashes", #"a\b"#, #"\"#, table: #"\item\"#, schema: #"\\"#),
        named("braces of recipes", "{to}", "{from}", table: "{table}", schema: "%s %I"),
        named("not ASCII", "Straße", "größe", table: "Läufe", schema: "日本"),
        named("emoji", "😀", "👩‍👩‍👧‍👦", table: "🎉", schema: "🏳️‍🌈"),
        named("a combining mark after the quote", "\u{301}name", "\u{308}", table: "\u{302}item", schema: "\u{303}"),
        named("the same letter in one code point and in two", "é", "e\u{301}", table: "è", schema: "e\u{300}"),
        named("63 bytes", long("a"), long("b"), table: long("c"), schema: long("d")),
        named(
            "63 bytes, the last of which differs",
            "a\(long("y", 62))",
            "b\(long("y", 62))",
            table: "\(long("z", 62))a",
            schema: long("z")
        ),
        named(
            "63 bytes of two each",
            String(repeating: "é", count: 31),
            String(repeating: "è", count: 31),
            table: String(repeating: "ö", count: 31)
        ),
        named("keywords", "select", "user", table: "order", schema: "table"),
        named("more keywords", "null", "default", table: "user", schema: "select"),
        named("functions", "name", "lower", table: "length"),
        named("rows of triggers", "new", "old", table: "tg_op", acknowledge: ["function public.touch()"]),
        named("nearly system columns", "ctid2", "_xmin", table: "pg_item"),
        named("aliases of ours", "place", "t", table: "t"),
        named("more aliases of ours", "free", "moved", table: "w"),
        named("columns of our ledger", "epoch", "change_id", table: "change"),
        named("digits", "1", "0x1", table: "1e5", schema: "1.5"),
        named("control characters", "a\nb\tc", "\r", table: "\u{1}", schema: "\u{7F}"),
    ]

    private static func long(_ letter: Character, _ count: Int = 63) -> String {
        String(repeating: letter, count: count)
    }

    /// A table in which everything that the tool must deparse has such names too.
    private static func named(
        _ what: String,
        _ from: String,
        _ to: String,
        table: String,
        schema: String = "public",
        acknowledge: Set<String> = []
    ) -> Shape {
        let column = Identifier(from)
        let schema = Identifier(schema)
        let table = QualifiedName(schema: schema, name: Identifier(table))
        let function = QualifiedName(schema: schema, name: "touch")
        let index = column.shortened(appending: " i")
        return Shape(
            name: "names: \(what)",
            table: table,
            from: column,
            to: Identifier(to),
            setup: """
                CREATE SCHEMA IF NOT EXISTS \(schema);
                CREATE TABLE \(table) (id integer CONSTRAINT key PRIMARY KEY, \(column) text DEFAULT 'x' CHECK (\(column) <> ''));
                CREATE INDEX \(index) ON \(table) (\(column), lower(\(column))) WHERE \(column) IS NOT NULL;
                CREATE FUNCTION \(function)() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER \(column) BEFORE UPDATE OF \(column) ON \(table) FOR EACH ROW
                    WHEN (NEW.\(column) IS DISTINCT FROM OLD.\(column)) EXECUTE FUNCTION \(function)();
                CREATE CONSTRAINT TRIGGER \(index) AFTER UPDATE OF id, \(column) ON \(table)
                    FOR EACH ROW EXECUTE FUNCTION \(function)();
                COMMENT ON TRIGGER \(index) ON \(table) IS 'kept';
                CREATE VIEW \(schema).seen AS SELECT \(column) FROM \(table);
                GRANT SELECT (\(column)) ON \(table) TO pg_monitor;
                INSERT INTO \(table) SELECT n, 'name ' || n FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "UPDATE \(table) SET \(column) = 'by update' WHERE id = 3",
                    "INSERT INTO \(table) (id, \(column)) VALUES (101, 'by insert')",
                    "UPDATE \(table) SET \(column) = \(column) || '!' WHERE id BETWEEN 5 AND 8",
                    "INSERT INTO \(table) (id, \(column)) VALUES (102, 'another')",
                ]
            },
            acknowledge: acknowledge
        )
    }
}
