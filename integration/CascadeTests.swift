import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

/// A key and all columns that refer to it become bigint in one change.
@Suite(.database, .serialized, .timeLimit(.minutes(20)))
struct CascadeTests {
    private static let start = ["change-type", "item", "id", "bigint", "--cascade", "--name", "the-change", "--yes"]

    @Test func familiesAreWrittenAllTheWay() async throws {
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        let rows = Size.of(short: 5_000, long: 200_000)
        try await Families.create(rows: rows, on: connection)
        let expected = try await plainly(on: connection)
        let families = Families(parameters)
        families.start(4)
        let events = EventLog()
        var runner = Runner(parameters: parameters) { events.add($0) }
        runner.lockDeadline = 120
        // Five columns under one lock take longer where other tests run beside.
        runner.lockTimeout = 400
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("change-type"),
            table: "item",
            columns: ["column": "id"],
            texts: ["type": "bigint", "cascade": "yes"],
            name: "the-change"
        )
        try await pause()
        // Back from swap, then all the way.
        for phase in ["swap", "drop"] {
            try await runner.start(request, through: "backfill")
            try await pause()
            try await runner.start(request, through: "swap")
            try await pause()
            if phase == "swap" { try await runner.rollback("the-change") }
        }
        // What the old type can't hold goes into parents and children while the old columns still follow.
        try await connection.run("SELECT setval('item_id_seq', 3000000000)")
        try await pause()
        try await runner.start(request, through: "drop")
        try await pause()
        let tally = try await families.stop()
        print(
            "families: \(tally.transactions) transactions, \(tally.errors.count) errors, longest \(tally.longest); "
                + "\(tally.children.keys.filter { $0 > 1 << 31 }.count) parents beyond integer"
        )
        #expect(tally.errors == [])
        #expect(tally.wrongReads == [])
        #expect(tally.transactions > 100)
        #expect(tally.children.keys.contains { $0 > 1 << 31 })
        #expect(try await Families.lost(tally, on: connection) == [])
        #expect(try await Leftovers.read(connection) == [])
        let old: Int = try await connection.value(
            """
            SELECT count(*) FROM item i JOIN line l ON l.item = i.id JOIN extra e ON e.item = i.id JOIN note n ON n.extra = e.item
            WHERE i.name = 'old' AND l.mark = i.id AND e.mark = i.id AND n.mark = i.id
              AND i.parent IS NOT DISTINCT FROM nullif(i.id / 2, 0)
            """
        )
        #expect(old == rows)
        let portrait = try await DatabaseState.read(connection).portrait
        #expect(portrait.differences(from: expected.portrait, ignoringColumnOrder: true) == [])
        await connection.close()
    }

    /// Killed at any moment, as often as one likes: the same command ends as the plain statements would, or as it was.
    @Test(arguments: Seeds.all) func anyMomentIsAsGood(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await Families.create(rows: 8_000, on: connection)
        let goesBack = Bool.random(using: &random)
        let original = try await DatabaseState.read(connection)
        let expected = goesBack ? original : try await plainly(on: connection)
        let kills = try await runKilled(
            Self.start + ["--through", goesBack ? "swap" : "drop", "--batch-time", "3"],
            parameters,
            &random
        )
        var more = 0
        if goesBack { more = try await runKilled(["rollback", "the-change"], parameters, &random) }
        let state = try await DatabaseState.read(connection)
        #expect(
            state.differences(from: expected, ignoringColumnOrder: true) == [],
            "seed \(seed), \(kills) + \(more) kills"
        )
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    private func runKilled(
        _ command: [String],
        _ parameters: ConnectionParameters,
        _ random: inout Oracles.SeededGenerator
    ) async throws -> Int {
        var kills = 0
        while true {
            let moment = Duration.milliseconds(Int.random(in: 50...1500, using: &random))
            let isLast = kills == 6
            let ending = try await Tool.run(command, on: parameters) { running in
                guard !isLast else { return }
                try await Task.sleep(for: moment)
                running.kill()
            }
            if ending.status == .exited(0) { return kills }
            try #require(ending.status == .signaled(SIGKILL), "\(ending.text)")
            kills += 1
        }
    }

    private func plainly(on connection: Connection) async throws -> DatabaseState {
        try await DatabaseState.read(connection) { connection throws(PostgresError) in
            for (table, column) in [(QualifiedName(schema: "public", name: "item"), "id" as Identifier)]
                + Families.companions
            {
                try await PlainTypeChange(table: table, column: column, type: "bigint").run(on: connection)
            }
        }
    }

    private func pause() async throws {
        try await Task.sleep(for: Size.of(short: .seconds(1), long: .seconds(5)))
    }
}
