import Oracles
import Postgres
import TestSupport
import Testing

/// A failure that a random table shows must be there again when the table is made again.
@Suite(.timeLimit(.minutes(20)))
struct RandomTableTests {
    @Test(arguments: [1, 2, 3, 5, 8, 13] as [UInt64])
    func sameSeedMakesSameTable(seed: UInt64) async throws {
        try await withScratchConnection { connection in
            let first = try await RandomTable.make(seed: seed, on: connection)
            let portrait = try await CatalogPortrait.take(on: connection)
            try await connection.script(first.cleanup)
            let again = try await RandomTable.make(seed: seed, on: connection)
            #expect(again.statements == first.statements)
            #expect(try await CatalogPortrait.take(on: connection).differences(from: portrait) == [])
        }
    }

    @Test(arguments: [21, 34, 55] as [UInt64])
    func statementsMakeItAgain(seed: UInt64) async throws {
        try await withScratchConnection { connection in
            let table = try await RandomTable.make(seed: seed, on: connection)
            let made = try await CatalogPortrait.take(on: connection)
            try await withScratchConnection { other in
                for statement in table.statements { try await other.run(Query(statement)) }
                #expect(try await CatalogPortrait.take(on: other).differences(from: made) == [])
            }
        }
    }

    /// The oracle of a change of type drops much and makes it again; where the type stays, nothing may have changed.
    @Test func whatStandsInTheWayOfTypeChangeComesBackWhole() async throws {
        try await withScratchConnection { connection in
            var compared = 0
            for seed in 100..<160 as Range<UInt64> {
                let table = try await RandomTable.make(seed: seed, on: connection)
                let original = try await DatabaseState.read(connection)
                let type: String = try await connection.value(
                    """
                    SELECT format_type(atttypid, atttypmod) || coalesce(' COLLATE ' || nullif(attcollation, 0)::regcollation, '')
                    FROM pg_attribute WHERE attrelid = \(table.name.quoted)::regclass AND attname = \(table.column.name.name)
                    """
                )
                let change = PlainTypeChange(
                    table: table.name,
                    column: table.column.name,
                    type: "\(server: type)",
                    using: "\(table.column.name)"
                )
                do throws(PostgresError) {
                    let changed = try await DatabaseState.read(connection) { connection throws(PostgresError) in
                        try await change.run(on: connection)
                    }
                    let differences = changed.differences(from: original)
                    #expect(differences == [], "seed \(seed), \(table.column.name)")
                    compared += 1
                } catch {
                    // A stored generated column reads it, or the server has a bug of its own.
                    let known: [SQLState?] = [.featureNotSupported, .syntaxError, .internalError]
                    #expect(known.contains(error.state), "seed \(seed): \(error)")
                }
                try await connection.script(table.cleanup)
            }
            #expect(compared > 40)
        }
    }
}

extension SQLState {
    fileprivate static let featureNotSupported: SQLState = "0A000"
    /// What 14 says instead.
    fileprivate static let syntaxError: SQLState = "42601"
    fileprivate static let internalError: SQLState = "XX000"
}
