import Postgres

extension RandomType {
    /// Types that somebody has made in a schema.
    static func made(in schema: Identifier) -> [RandomType] {
        let mood = QualifiedName(schema: schema, name: "Mood")
        let label = QualifiedName(schema: schema, name: "label")
        let amount = QualifiedName(schema: schema, name: "amount")
        let tags = QualifiedName(schema: schema, name: "tags")
        let pair = QualifiedName(schema: schema, name: "pair of")
        let span = QualifiedName(schema: schema, name: "span")
        return [
            RandomType(
                name: "\(mood)",
                value: { random, _ in random.pick(["sad", "so so", "happy"]) },
                made: ["CREATE TYPE \(mood) AS ENUM ('sad', 'so so', 'happy')"],
                conversions: ["text"]
            ),
            RandomType(
                name: "\(mood)[]",
                value: { random, _ in random.pick(["{sad,happy}", "{}"]) },
                made: ["CREATE TYPE \(mood) AS ENUM ('sad', 'so so', 'happy')"]
            ),
            RandomType(
                name: "\(label)",
                value: { _, row in "label \(row)" },
                isDistinct: true,
                isCollatable: true,
                made: ["CREATE DOMAIN \(label) AS varchar(30) CHECK (VALUE <> 'never')"],
                conversions: ["text"]
            ),
            RandomType(
                name: "\(amount)",
                value: { _, row in "\(row).5" },
                isDistinct: true,
                made: ["CREATE DOMAIN \(amount) AS numeric(8,2) DEFAULT 7 NOT NULL CHECK (VALUE >= 0)"],
                conversions: ["numeric"]
            ),
            RandomType(
                name: "\(tags)",
                value: { random, _ in random.pick(["{a,b}", "{}"]) },
                made: ["CREATE DOMAIN \(tags) AS text[] CHECK (cardinality(VALUE) < 9)"]
            ),
            RandomType(
                name: "\(pair)",
                value: { random, row in random.pick(["(1,b)", "(,)", "(\(row),\"x y\")"]) },
                made: ["CREATE TYPE \(pair) AS (x integer, y text)"]
            ),
            RandomType(
                name: "\(span)",
                value: { random, _ in random.pick(["[1.0,2.0]", "empty"]) },
                made: ["CREATE TYPE \(span) AS RANGE (subtype = numeric)"]
            ),
            RandomType(
                name: "citext",
                value: { random, row in "\(random.pick(["abc", "ABC", "Abc"]))\(row / 2)" },
                isCollatable: true,
                made: ["CREATE EXTENSION IF NOT EXISTS citext"],
                conversions: ["text"]
            ),
            RandomType(
                name: "hstore",
                value: { random, _ in random.pick(["a=>1", "", "a=>NULL"]) },
                made: ["CREATE EXTENSION IF NOT EXISTS hstore"]
            ),
        ]
    }
}
