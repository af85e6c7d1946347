import OnlineChange
import Oracles
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

    /// What preflight refuses changes nothing, the rights on another's ledger included.
    @Test func refusedChangeLetsNobodyIn() async throws {
        let database = try TestDatabase.current
        try await withRole { first in
            try await withRole { second in
                try await database.run(
                    """
                    GRANT CREATE ON SCHEMA public TO \(first), \(second);
                    CREATE TABLE one (id integer PRIMARY KEY, name text); ALTER TABLE one OWNER TO \(first);
                    CREATE TABLE two (id integer PRIMARY KEY, name text); ALTER TABLE two OWNER TO \(second)
                    """
                )
                let runner = Runner(parameters: database.parameters) { _ in }
                let rename = try RecipeReader.builtIn("rename-column")
                try await runner.start(
                    ChangeRequest(recipe: rename, table: "one", columns: ["from": "name", "to": "title"]),
                    through: "expand"
                )
                let connection = try await database.connect()
                let before = try await DatabaseState.read(connection)
                let failure = await #expect(throws: Failure.self) {
                    try await runner.start(
                        ChangeRequest(recipe: rename, table: "two", columns: ["from": "name", "to": "id"]),
                        through: "expand"
                    )
                }
                #expect(failure?.kind == .refused)
                let grants: String? = try await connection.value(
                    "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'online_change'"
                )
                #expect(grants?.contains(second.name) != true, "\(grants ?? "")")
                #expect(try await DatabaseState.read(connection).differences(from: before) == [])
                await connection.close()
            }
        }
    }
}
