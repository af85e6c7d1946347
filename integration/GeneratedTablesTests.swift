import Foundation
import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Tables made at random: whatever hangs on them, each recipe does what plain DDL does, or says what is in its way.
///
/// `ONLINE_CHANGE_TABLES` says how many, `ONLINE_CHANGE_SEED` which; a failure prints both and the table's SQL.
@Suite(.serverThatCanBeChanged, .timeLimit(.minutes(30)))
struct GeneratedTablesTests {
    @Test func eachEndsAsPlainDDL() async throws {
        let seed = Seed.fromEnvironment
        let tables = Seed.number("ONLINE_CHANGE_TABLES") ?? 200
        let start = ContinuousClock.now
        let count = ComparisonCount()
        let numbers = Numbers(below: tables)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Seed.width {
                group.addTask {
                    while !numbers.isUsedUp { try await oneDatabase(first: seed, numbers, count) }
                }
            }
            try await group.waitForAll()
        }
        print("generated tables: \(tables) from seed \(seed) in \(ContinuousClock.now - start)\n\(count.text)")
        for difference in count.differences { Issue.record("\(difference)") }
        #expect(count.equal > max(count.tried, tables) / 2, "most must be possible")
    }

    /// Makes tables, one after another, until there are enough or one of them left the database as it should not be.
    private func oneDatabase(first: UInt64, _ numbers: Numbers, _ count: ComparisonCount) async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            var isClean = true
            while isClean, let number = numbers.next() {
                isClean = try await oneTable(first &+ UInt64(number), parameters, connection, count)
            }
            await connection.close()
        }
    }

    /// - Returns: whether the database is as it was before.
    private func oneTable(
        _ seed: UInt64,
        _ parameters: ConnectionParameters,
        _ connection: Connection,
        _ count: ComparisonCount
    ) async throws -> Bool {
        let table = try await RandomTable.make(seed: seed, on: connection)
        let recipes = RecipesUnderTest.of(table)
        // One recipe a table, each in its turn, and each from every phase in its turn.
        let recipe = recipes[Int(seed / 3 % UInt64(recipes.count))]
        let change = ComparedChange(
            recipe: recipe,
            name: "generated \(seed)",
            rollbackFrom: ["expand", "backfill", "swap"][Int(seed % 3)],
            parameters: parameters,
            connection: connection
        )
        let comparison = try await change.run()
        count.add(comparison, of: type(of: recipe).name, description(of: table, recipe))
        if case .different = comparison { return false }
        try await connection.script(table.cleanup)
        return true
    }

    private func description(of table: RandomTable, _ recipe: any RecipeUnderTest) -> String {
        """
        \(recipe) differs from plain DDL; ONLINE_CHANGE_SEED=\(table.seed) ONLINE_CHANGE_TABLES=1 makes it again:
        \(SQL.joined(table.statements, separator: ";\n"));
        """
    }
}
