import Oracles

/// Names, expressions and numbers as nobody should write them, from a seed.
struct HostileText: Sendable {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// What a person might give for a table, a column or a change's name.
    mutating func name() -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: pick(Self.known)
        case 4: "\"" + pieces(1...4).replacing("\"", with: "\"\"") + "\""
        case 5: pick(Self.known) + "." + pick(Self.known)
        case 6: pick(Self.known) + pick(Self.fragments)
        default: pieces(1...5)
        }
    }

    /// A type, or what was taken for one.
    mutating func type() -> String {
        flip(60) ? pick(Self.types) : flip(50) ? pick(Self.types) + pick(Self.fragments) : pieces(1...4)
    }

    /// An expression over the columns of the table, or more than one.
    mutating func expression() -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: pick(Self.expressions)
        case 4...6: pick(Self.expressions) + pick(Self.escapes)
        case 7: pick(Self.escapes) + pick(Self.expressions)
        default: pieces(1...6)
        }
    }

    /// A value for an option that takes a number, hours or a duration.
    mutating func value() -> String {
        flip(50) ? pick(Self.values) : flip(50) ? pick(Self.values) + pick(Self.fragments) : pieces(1...3)
    }

    /// One of some things.
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    /// True so many times of a hundred.
    mutating func flip(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func pieces(_ count: ClosedRange<Int>) -> String {
        (0..<Int.random(in: count, using: &random)).map { _ in pick(Self.fragments + Self.known) }.joined()
    }

    static let known = [
        "item", "name", "state", "id", "title", "public", "canary", "Item", "\"Item\"", "pg_class", "order",
    ]
    static let fragments = [
        "\"", "\"\"", "'", "''", ";", "--", "/*", "*/", "$$", "$1", "\\", "\n", "\r", "\t", " ", ".", "..", ",", "(",
        ")", "%", "%s",
        "\u{0}", "é", "e\u{301}", "ß", "😀", "\u{202E}", "\u{FEFF}", "\u{10FFFD}", "-", "@", "0", "9x", "NULL",
        "\u{1B}[2J",
        "; DROP TABLE canary", "\"; DROP TABLE canary; --", "'; DELETE FROM canary; --",
        String(repeating: "x", count: 64),
        String(repeating: "ü", count: 33), "COMMIT;", "E'\\'", "U&\"\\0061\"", "::int", "[1]", "=", "{}", "//", ":",
        "?", "&", "#",
    ]
    static let types = [
        "int", "bigint", "text", "varchar(5)", "numeric(10,2)", "timestamptz", "boolean", "int[]", "\"Item\"", "jsonb",
        "smallint",
        "canary", "public.item", "uuid", "bit(3)", "interval day to second", "SETOF int", "void", "record", "serial",
        "anyelement",
    ]
    static let expressions = [
        "name", "name::int", "lower(name)", "'x'", "name || 'x'", "nextval('canary_number')", "touched()", "(SELECT 1)",
        "(SELECT max(id) FROM canary)", "count(*)", "row_number() OVER ()", "generate_series(1, 3)", "now()",
        "random()::text",
        "state::text", "coalesce(name, 'none')", "pg_sleep(0)", "set_config('role', 'postgres', false)",
        "CASE WHEN touched() > 0 THEN 1 END",
        "pg_terminate_backend(0)", "lo_create(4711)::int", "$1", "id", "NULL", "name COLLATE \"C\"",
        "currval('canary_number')",
    ]
    static let escapes = [
        ")", "))", "); DROP TABLE canary; --", "; DROP TABLE canary",
        ") STORED, ADD COLUMN x int GENERATED ALWAYS AS (1",
        ", (SELECT touched())", " FROM canary", " -- ", " /* ", " */ ", "$$", "$x$", "'", "\"", "\\", "\u{0}",
        "; COMMIT; DROP TABLE canary; BEGIN",
        "); COMMIT; DELETE FROM canary; --", " RETURNING touched()", ")); SELECT touched(); --",
        " END; $function$; DROP TABLE canary; --",
        "; RESET ROLE", " WHERE touched() > 0", " UNION SELECT touched()", "E'", "::text; DROP TABLE canary",
    ]
    static let values = [
        "1", "0", "-1", "64", "65", "off", "default", "25", "1e308", "inf", "nan", "64MB", "4GB", "512kB", "10s", "2h",
        "50%", "101%",
        "22:00-06:00", "22:00-06:00 Europe/Berlin", "25:00-26:00", "9223372036854775808", "0x10", "1_000", "٣", "½",
        "1,5", "+1", " 1 ",
    ]
}
