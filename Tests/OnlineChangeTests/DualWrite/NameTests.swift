import OnlineChange
import Postgres
import TestSupport
import Testing

/// Names that need quotes, that are as long as names can be, and two renames of one table at once.
@Suite(.database, .timeLimit(.minutes(20)))
struct NameTests {
    private func rename(_ table: QualifiedName, _ from: Identifier, _ to: Identifier, through phase: String)
        async throws
    {
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: table.quoted,
            columns: ["from": from.quoted, "to": to.quoted]
        )
        try await Runner(parameters: TestDatabase.current.parameters) { _ in }.start(request, through: phase)
    }

    @Test(
        arguments: [
            (#"na"me\"#, #"full 'name' $$"#), ("new", "old"), ("t", "ctid_"), ("select", "online_change_place_"),
            ("naïve", Identifier(String(repeating: "é", count: 31))),
        ] as [(Identifier, Identifier)]
    )
    func anyName(_ from: Identifier, _ to: Identifier) async throws {
        let table = QualifiedName(schema: #"My "schema""#, name: #"t'a"b\le"#)
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE SCHEMA \(table.schema)", "CREATE TABLE \(table) (id int PRIMARY KEY, \(from) text UNIQUE)",
            "INSERT INTO \(table) VALUES (1, 'one'), (2, NULL)",
        ])
        for phase in ["expand", "backfill", "swap"] {
            try await rename(table, from, to, through: phase)
            for (name, other) in [(from, to), (to, from)] {
                let value = "\(phase) \(name)"
                let update: Query = "UPDATE \(table) SET \(name) = \(value) WHERE id = 1 RETURNING \(other)"
                #expect(try await connection.value(update) == value)
            }
        }
        try await rename(table, from, to, through: "drop")
        #expect(try await connection.value("SELECT \(to) FROM \(table) WHERE id = 1") == "swap \(to)")
        await connection.close()
    }

    /// Both pairs have triggers of their own, though their names agree in all that fits into a trigger's.
    @Test func twoRenamesOfOneTable() async throws {
        let table = QualifiedName(schema: "public", name: "t")
        let start = String(repeating: "n", count: 62)
        let pairs = [("a", Identifier(start + "1")), ("b", Identifier(start + "2"))] as [(Identifier, Identifier)]
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, a text, b text)", "INSERT INTO t VALUES (1, 'a', 'b')",
        ])
        for phase in ["expand", "backfill", "swap", "drop"] {
            for (from, to) in pairs {
                try await rename(table, from, to, through: phase)
            }
            guard phase != "drop" else { continue }
            try await connection.run("UPDATE t SET \(pairs[0].1) = 'x', b = 'y'")
            let row = try await connection.run("SELECT a, b, \(pairs[0].1), \(pairs[1].1) FROM t").rows[0]
            let values: [String] = try [row["a"], row["b"], row[pairs[0].1.name], row[pairs[1].1.name]]
            #expect(values == ["x", "y", "x", "y"])
            try await connection.run("UPDATE t SET a = 'a', \(pairs[1].1) = 'b'")
            try await expectEqualPairs(pairs, connection)
        }
        await connection.close()
    }

    private func expectEqualPairs(_ pairs: [(Identifier, Identifier)], _ connection: Connection) async throws {
        for (from, to) in pairs {
            let equal: Bool = try await connection.value("SELECT bool_and(\(from) IS NOT DISTINCT FROM \(to)) FROM t")
            #expect(equal)
        }
    }
}
