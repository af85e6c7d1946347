import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

/// A primary key becomes bigint with all that depends on it.
@Suite(.database, .timeLimit(.minutes(20)))
struct TypeChangeTests {
    private static let command = [
        "change-type", "item", "id", "bigint", "--name", "the-change", "--through", "drop", "--yes",
    ]

    /// The table with 20 indexes, 20 foreign keys in and out, and 5 views.
    @Test func wideSwapHoldsItsLocksBriefly() async throws {
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script(Self.wideTable)
        var runner = Runner(parameters: parameters) { _ in }
        runner.lockDeadline = 60
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("change-type"),
            table: "item",
            columns: ["column": "id"],
            texts: ["type": "bigint"],
            name: "the-change"
        )
        try await runner.start(request, through: "backfill")
        let quiet = try await longestRead(parameters) { try await Task.sleep(for: .seconds(1)) }
        let swap = try await longestRead(parameters) { try await runner.start(request, through: "swap") }
        let back = try await longestRead(parameters) { try await runner.rollback("the-change") }
        print("20 indexes, 20 foreign keys, 5 views: longest read \(quiet) alone, \(swap) at swap, \(back) at rollback")
        // What an attempt may take in all; on a quiet machine the swap's locks are held for less than half of it.
        #expect(swap < .milliseconds(100) + quiet)
        #expect(back < .milliseconds(100) + quiet)
        await connection.close()
    }

    /// Killed at any moment, as often as one likes: the same command ends as the plain statement would.
    @Test(arguments: Seeds.all) func anyMomentIsAsGood(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script(Self.smallTable)
        let expected = try await DatabaseState.read(connection) { connection throws(PostgresError) in
            try await connection.script([
                "DROP VIEW seen", "ALTER TABLE item ALTER id TYPE bigint", "ALTER SEQUENCE item_id_seq AS bigint",
                Self.view,
            ])
        }
        var kills = 0
        while true {
            let moment = Duration.milliseconds(Int.random(in: 50...1500, using: &random))
            let isLast = kills == 6
            let ending = try await Tool.run(Self.command, on: parameters) { running in
                guard !isLast else { return }
                try await Task.sleep(for: moment)
                running.kill()
            }
            if ending.status == .exited(0) { break }
            try #require(ending.status == .signaled(SIGKILL), "seed \(seed): \(ending.text)")
            kills += 1
        }
        let state = try await DatabaseState.read(connection)
        #expect(state.differences(from: expected, ignoringColumnOrder: true) == [], "seed \(seed), \(kills) kills")
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    /// The longest that a read of one row took while `body` ran.
    private func longestRead(_ parameters: ConnectionParameters, _ body: () async throws -> Void) async throws
        -> Duration
    {
        let reader = Task {
            let connection = try await Connection.open(parameters)
            var longest = Duration.zero
            while !Task.isCancelled {
                let start = ContinuousClock.now
                try await connection.run("SELECT other FROM item WHERE other = 5", cancellable: false)
                longest = max(longest, ContinuousClock.now - start)
                try? await Task.sleep(for: .milliseconds(1))
            }
            await connection.close()
            return longest
        }
        try await body()
        reader.cancel()
        return try await reader.value
    }

    private static let view: SQL = "CREATE VIEW seen AS SELECT id, other FROM item WHERE id > 7"

    private static let smallTable: [SQL] = [
        "CREATE TABLE item (id serial PRIMARY KEY, other int CHECK (other < id + 100000), twin int UNIQUE)",
        "INSERT INTO item (other, twin) SELECT g, g FROM generate_series(1, 20000) g",
        "CREATE TABLE line (item int NOT NULL REFERENCES item ON DELETE CASCADE)",
        "INSERT INTO line SELECT g FROM generate_series(1, 500) g", "CREATE INDEX by_other ON item (other, id)", view,
    ]

    private static let wideTable: [SQL] =
        [
            "CREATE TABLE item (id int PRIMARY KEY, other int)",
            "INSERT INTO item SELECT g, g FROM generate_series(1, 5000) g",
        ]
        + (1...20).map { "CREATE INDEX i\($0) ON item (id, (other + \($0)))" }
        + (1...10).flatMap { number -> [SQL] in
            [
                "CREATE TABLE referring\(number) (item int REFERENCES item)",
                "INSERT INTO referring\(number) SELECT g FROM generate_series(1, 100) g",
                "CREATE TABLE referred\(number) (id int PRIMARY KEY)",
                "INSERT INTO referred\(number) SELECT g FROM generate_series(1, 5000) g",
                "ALTER TABLE item ADD CONSTRAINT out\(number) FOREIGN KEY (id) REFERENCES referred\(number)",
            ]
        } + (1...5).map { "CREATE VIEW v\($0) AS SELECT id FROM item WHERE id > \($0)" }
}
