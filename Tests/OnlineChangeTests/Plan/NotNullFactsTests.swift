import Postgres
import TestSupport
import Testing

@testable import OnlineChange

struct NotNullFactsTests {
    @Test("The name of the check is free, legible and fits")
    func checkName() {
        let facts = NotNullFacts(taken: ["online_change name not null"])
        func name(_ facts: NotNullFacts, _ column: Identifier) -> Identifier {
            facts.constraintName(table: Fixture.table, column: column, facts: Fixture.facts)
        }
        #expect(name(NotNullFacts(), "name") == "online_change name not null")
        #expect(name(facts, "name") == "online_change name 1 not null")
        let long = name(NotNullFacts(), Identifier(String(repeating: "x", count: 63)))
        #expect(long.isStorable)
        #expect(long != name(NotNullFacts(), Identifier(String(repeating: "x", count: 62))))
    }

    /// What the server itself chooses, for names of all lengths and with what is taken.
    @Test(
        "The name of the constraint is the server's",
        .server(from: 18),
        .database,
        arguments: [
            ("item", "name"), (String(repeating: "t", count: 63), String(repeating: "c", count: 63)),
            (String(repeating: "t", count: 63), "c"), ("t", String(repeating: "c", count: 63)),
            ("t" + String(repeating: "ä", count: 31), "c" + String(repeating: "漢", count: 20)), ("a b", "\"q\""),
        ]
    )
    func constraintName(table: String, column: String) async throws {
        let (table, column) = (Identifier(table), Identifier(column))
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE \(table) (\(column) text)")
        var taken: Set<String> = []
        for _ in 0..<3 {
            try await database.run("ALTER TABLE \(table) ALTER \(column) SET NOT NULL")
            let name: String = try await database.value(
                "SELECT conname FROM pg_constraint WHERE contype = 'n' AND conrelid = \(table.quoted)::regclass"
            )
            #expect(ServerName.notNull(table: table, column: column, taken: taken).name == name)
            taken.insert(name)
            let other = Identifier("other_\(taken.count)")
            try await database.run(
                """
                ALTER TABLE \(table) ALTER \(column) DROP NOT NULL;
                CREATE TABLE \(other) (x integer CONSTRAINT \(Identifier(name)) CHECK (true))
                """
            )
        }
    }

    @Test(
        arguments: [
            ("'a;b' || \"c)\"", true), ("lower(a[1])", true), ("E'\\''", true), ("a$b", true), ("'--'", true),
            ("f(a, b)", true), ("a, b", false), ("a)", false), ("(a", false), ("a; b", false), ("a -- b", false),
            ("a /* b */", false), ("$$a$$", false),
            ("'a", false), ("E'\\'", false), ("\"a", false), (" ", false), ("(a]", false), ("$1", false),
            ("a\0b", false),
        ]
    )
    func balance(text: String, isBalanced: Bool) {
        #expect(ExpressionText.isBalanced(text) == isBalanced)
    }
}
