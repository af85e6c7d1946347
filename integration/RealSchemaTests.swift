import Foundation
import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// The tables of real applications, where there is a folder of their schemas: each recipe does what plain DDL does.
///
/// `ONLINE_CHANGE_SCHEMAS` names the folder, `ONLINE_CHANGE_COLUMNS` says how many columns, `ONLINE_CHANGE_SEED` which.
@Suite(
    .enabled("there is no folder of schemas; name one with ONLINE_CHANGE_SCHEMAS") { !RealSchema.all.isEmpty },
    .serverThatCanBeChanged,
    .timeLimit(.minutes(60))
)
struct RealSchemaTests {
    @Test func eachColumnEndsAsPlainDDL() async throws {
        let seed = Seed.fromEnvironment
        let columns = Seed.number("ONLINE_CHANGE_COLUMNS") ?? 40
        let schemas = RealSchema.all
        let start = ContinuousClock.now
        let count = ComparisonCount()
        let numbers = Numbers(below: schemas.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Seed.width {
                group.addTask {
                    while let number = numbers.next() {
                        let share = columns / schemas.count + (number < columns % schemas.count ? 1 : 0)
                        try await sample(share, of: schemas[number], seed: seed &+ UInt64(number), count)
                    }
                }
            }
            try await group.waitForAll()
        }
        print("real schemas: \(schemas.count) from seed \(seed) in \(ContinuousClock.now - start)\n\(count.text)")
        for difference in count.differences { Issue.record("\(difference)") }
        #expect(count.equal > count.tried / 2, "most must be possible")
    }

    private func sample(_ size: Int, of schema: RealSchema, seed: UInt64, _ count: ComparisonCount) async throws {
        try await withScratchDatabase { parameters in
            if let missing = try await schema.load(parameters) {
                return print("real schemas: \(schema.name) left out, as the server lacks the extension \(missing)")
            }
            let connection = try await Connection.open(parameters)
            try await RandomRows.fill(connection, seed: seed, count: 3)
            var random = SeededGenerator(seed: seed)
            let columns = try await RealSchema.columns(connection).shuffled(using: &random)
            var state = try await DatabaseState.read(connection)
            var done = 0
            for (number, column) in columns.enumerated() where done < size {
                for recipe in RecipesUnderTest.of(column, seed: random.next()) {
                    let change = ComparedChange(
                        recipe: recipe,
                        name: "\(schema.name) \(number) \(type(of: recipe).name)",
                        rollbackFrom: ["swap", "backfill", "swap", "expand"].randomElement(using: &random) ?? "swap",
                        parameters: parameters,
                        connection: connection
                    )
                    let (comparison, next) = try await change.run(from: state)
                    state = next
                    count.add(comparison, of: type(of: recipe).name, "\(schema.name): \(recipe) differs from plain DDL")
                    if case .different = comparison { return }
                    if case .impossible = comparison { continue }
                    done += 1
                }
            }
            await connection.close()
        }
    }
}
