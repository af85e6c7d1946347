import Postgres

/// A type that a random column may have, with values of it.
struct RandomType: Sendable {
    /// What is written behind the column's name.
    let name: SQL
    /// A random value in the server's text form. The number tells rows apart where a value can.
    let value: @Sendable (inout SeededGenerator, Int) -> String
    /// Whether different numbers give different values.
    var isDistinct = false
    /// Whether it takes a collation.
    var isCollatable = false
    /// Defaults that aren't constants.
    var volatileDefaults: [SQL] = []
    /// What has to be there first.
    var made: [SQL] = []
    /// Types that it may be changed into.
    var conversions: [RandomConversion] = []

    /// A type whose values are one of a few.
    static func of(_ name: SQL, _ values: String..., to conversions: RandomConversion...) -> RandomType {
        RandomType(name: name, value: { random, _ in random.pick(values) }, conversions: conversions)
    }

    /// Types of the server's own.
    static let builtIn: [RandomType] = numbers + texts + times + documents + others

    private static let numbers: [RandomType] = [
        RandomType(
            name: "smallint",
            value: { _, row in "\(row % 30000)" },
            isDistinct: true,
            conversions: ["integer", "bigint", "numeric"]
        ),
        RandomType(
            name: "integer",
            value: { _, row in "\(row)" },
            isDistinct: true,
            volatileDefaults: ["(random() * 100)::integer"],
            conversions: ["bigint", "bigint", "numeric(12,2)", "text"]
        ),
        RandomType(
            name: "bigint",
            value: { _, row in "\(row + 5_000_000_000)" },
            isDistinct: true,
            volatileDefaults: ["extract(epoch FROM clock_timestamp())::bigint"],
            conversions: ["numeric", "text"]
        ),
        .of("numeric(10,2)", "1.50", "0", "-12.30", "99999.99", to: "numeric(14,4)", "numeric", "text"),
        .of("numeric", "1.0", "1.000", "NaN", "-7", "1e20", to: "text"),
        .of("real", "1.5", "NaN", "-0", "Infinity", to: "double precision"),
        .of("double precision", "0.1", "-0", "0", "1e300", to: "text"),
        .of("money", "1.50", "2", to: "numeric"),
    ]

    private static let texts: [RandomType] = [
        RandomType(
            name: "text",
            value: { random, row in "\(random.pick(words)) \(row)" },
            isDistinct: true,
            isCollatable: true,
            volatileDefaults: ["current_user", "clock_timestamp()::text"],
            conversions: ["varchar(500)", "varchar"]
        ),
        RandomType(
            name: "varchar(40)",
            value: { random, row in "\(random.pick(words))\(row)" },
            isDistinct: true,
            isCollatable: true,
            conversions: ["varchar(80)", "text", "varchar(60)"]
        ),
        RandomType(
            name: "text",
            value: { random, _ in random.pick(words) },
            isCollatable: true,
            conversions: ["varchar(99)"]
        ),
        RandomType(
            name: "char(7)",
            value: { random, _ in random.pick(["ab", "abc", "", "AB"]) },
            isCollatable: true,
            conversions: ["text", "char(9)"]
        ),
        .of(#""char""#, "x", "y", to: "text"), .of("name", "short", "other", to: "text"),
    ]

    private static let times: [RandomType] = [
        .of("date", "2024-02-29", "1970-01-01", "infinity", to: "timestamp"),
        .of("time(3)", "10:00:00.123", "24:00", to: "time"),
        .of("time with time zone", "10:00+02", "09:00+01"),
        RandomType(
            name: "timestamp(3)",
            value: { random, row in "2024-01-\(10 + row % 19) 0\(random.number(0...9)):00:00.12" },
            volatileDefaults: ["LOCALTIMESTAMP"],
            conversions: [RandomConversion("timestamptz", using: { "\($0) AT TIME ZONE 'UTC'" })]
        ),
        RandomType(
            name: "timestamptz",
            value: { _, row in "2024-02-\(10 + row % 19) 12:00+01" },
            volatileDefaults: ["now()", "clock_timestamp()"],
            conversions: [RandomConversion("timestamp", using: { "\($0) AT TIME ZONE 'UTC'" })]
        ),
        .of("interval", "1 day", "24 hours", "-1 mon 3 days", to: "text"),
        .of("interval day to second(2)", "1 day 02:03:04.05", "25:00"),
    ]

    private static let documents: [RandomType] = [
        .of("json", #"{"a": 1}"#, #"{"a":1}"#, "[]", to: "jsonb"),
        .of("jsonb", #"{"a": 1}"#, "[1, 2]", "null", to: "text"),
        .of("bytea", #"\x00ff"#, #"\x"#), .of("tsvector", "a:1 b:2", "", "'x y':3A"), .of("xml", "<a/>", "<a></a>"),
        .of("integer[]", "{1,NULL}", "[0:1]={1,2}", "{}", to: "bigint[]"),
        .of("text[]", "{a,b}", "{}", #"{"a,b",NULL}"#),
        .of("numeric(6,2)[]", "{1.10}", "{{1,2},{3,4}}"),
    ]

    private static let others: [RandomType] = [
        .of("boolean", "t", "f", to: "text"),
        RandomType(
            name: "uuid",
            value: { _, row in "00000000-0000-4000-8000-\("\(100_000_000_000 + row)")" },
            isDistinct: true,
            volatileDefaults: ["gen_random_uuid()"],
            conversions: ["text"]
        ),
        .of("inet", "10.0.0.1/8", "::1", "10.0.0.1", to: "text"), .of("cidr", "10.0.0.0/8", "::/0"),
        .of("macaddr", "08:00:2b:01:02:03"),
        .of("point", "(1,2)", "(1,3)"), .of("box", "(1,2),(0,0)"), .of("bit(3)", "101", "010"),
        .of("bit varying", "1", "01"),
        .of("int4range", "[1,5)", "empty", "(,7)"), .of("tstzrange", "[2024-01-01 00:00+00,)", "empty"),
        .of("regclass", "pg_class", "pg_type"), .of("oid", "1", "16384", to: "bigint"),
    ]

    private static let words = [
        "", "Ann", "ann", "O'Brien", "x\\y", "Zoë", "Zoe\u{308}", "a\"b", "NULL", "  padded ", "{}", "🙂",
    ]
}

/// A type into which a column may be changed.
public struct RandomConversion: Sendable, ExpressibleByStringLiteral {
    /// The new type.
    public let type: SQL
    /// The new value of a column; nil for the cast that there is.
    public let using: (@Sendable (Identifier) -> SQL)?

    init(_ type: SQL, using: (@Sendable (Identifier) -> SQL)? = nil) {
        self.type = type
        self.using = using
    }

    public init(stringLiteral type: String) {
        self.init(SQL(stringLiteral: type))
    }
}
