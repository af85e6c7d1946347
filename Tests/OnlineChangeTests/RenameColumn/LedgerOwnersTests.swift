import OnlineChange
import Postgres
import TestSupport
import Testing

/// One ledger for tables of several owners.
@Suite(.timeLimit(.minutes(20)), .database)
struct LedgerOwnersTests {
    /// Whoever owned the first table keeps the ledger; a superuser who changes another's lets its owner in.
    @Test func superuserChangesTablesOfTwoOwners() async throws {
        guard try await !Shape.possible().isEmpty else { return }
        let database = try TestDatabase.current
        try await withRole { first in
            try await withRole { second in
                try await database.run("GRANT CREATE ON SCHEMA public TO \(first), \(second)")
                for (number, role) in [first, second].enumerated() {
                    let table = Identifier("item_\(number)")
                    try await database.run("CREATE TABLE \(table) (id integer PRIMARY KEY, name text)")
                    try await database.run("ALTER TABLE \(table) OWNER TO \(role)")
                    var shape = Shape.textTable("owned", "")
                    shape.table = QualifiedName(schema: "public", name: table)
                    let rename = try await ShapeRename(shape, in: database.parameters)
                    try await rename.start(through: "drop")
                    #expect(try await rename.leftovers() == [])
                    await rename.connection.close()
                }
            }
        }
    }
}
