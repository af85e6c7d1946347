import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import TestSupport
import ThrowawayPostgres

/// One change under the counted workload, killed five times on its way.
struct KillsUnderLoad: Sendable, CustomStringConvertible {
    let number: Int
    /// Whether the server crashes too, in the middle of the backfill.
    let restartsServer: Bool
    let seed: UInt64

    static let kills = 5
    static let rows = 12_000

    var recipe: CrashScenario.Recipe { CrashScenario.Recipe.allCases[number % 3] }
    var description: String { "change \(number), \(recipe.rawValue)\(restartsServer ? ", server restarted" : "")" }

    /// What became of one.
    struct Outcome: Sendable {
        var kills = 0
        /// Crashes of the server.
        var crashes = 0
        var acknowledged = 0
        /// Acknowledged writes that are not there.
        var lost: [String] = []
        var errors = 0
        var complaints: [String] = []
    }

    func run(on cluster: ThrowawayCluster, _ parameters: ConnectionParameters) async throws -> Outcome {
        try await create(parameters)
        var random = SeededGenerator(seed: seed)
        var outcome = Outcome()
        let isRename = recipe == .rename
        let workload = workload(old: 3, new: isRename ? 2 : 0, parameters)
        try await workload.start()
        try await backfill(on: cluster, parameters, &random, &outcome)
        await workload.startNewRelease()
        try await command(through: "swap", until: 4, parameters, &random, &outcome)
        if !isRename {
            try await command(through: "drop", until: Self.kills, parameters, &random, &outcome)
        }
        try await Task.sleep(for: .milliseconds(100))
        try await add(
            await workload.stop(),
            of: workload,
            isRename ? ["name", "title"] : ["name"],
            parameters,
            &outcome
        )
        guard isRename else { return try await finish(parameters, outcome) }
        let new = self.workload(old: 0, new: 3, parameters)
        try await new.start()
        await new.startNewRelease()
        try await command(through: "drop", until: Self.kills, parameters, &random, &outcome)
        try await add(await new.stop(), of: new, ["title"], parameters, &outcome)
        return try await finish(parameters, outcome)
    }

    /// Three kills at any moment of the backfill, between the first and the last of which the server may crash.
    private func backfill(
        on cluster: ThrowawayCluster,
        _ parameters: ConnectionParameters,
        _ random: inout SeededGenerator,
        _ outcome: inout Outcome
    ) async throws {
        for turn in 0..<3 {
            let moment = Duration.milliseconds(Int.random(in: 60...900, using: &random))
            let crashes = restartsServer && turn == 1
            let ending = try await Tool.run(arguments(through: "backfill"), on: parameters) { running in
                try await Task.sleep(for: moment)
                if crashes {
                    try await cluster.kill()
                    try await cluster.startAgain()
                    try await Task.sleep(for: moment)
                }
                running.kill()
            }
            if crashes { outcome.crashes += 1 }
            if ending.status == .exited(0) { break }
            // A command that meets a server which is just starting says so and ends; the next one goes on.
            if crashes, ending.status == .exited(Int32(Failure.Kind.unreachable.rawValue)) { continue }
            guard ending.status == .signaled(SIGKILL) else { return outcome.complaints.append(ending.text) }
            outcome.kills += 1
        }
        let ending = try await Tool.run(arguments(through: "backfill"), on: parameters)
        if ending.status != .exited(0) { outcome.complaints.append(ending.text) }
    }

    /// Kills at any message to the server, for these phases may be over before a clock strikes; then lets it end.
    private func command(
        through phase: String,
        until limit: Int,
        _ parameters: ConnectionParameters,
        _ random: inout SeededGenerator,
        _ outcome: inout Outcome
    ) async throws {
        while outcome.kills < limit {
            let point = Int.random(in: 1...90, using: &random)
            let ending = try await Tool.run(
                arguments(through: phase),
                on: parameters,
                environment: .inherit.updating(["ONLINE_CHANGE_FAILPOINT": "\(point)"])
            )
            if ending.status == .exited(0) { return }
            guard ending.status == .signaled(SIGKILL) else { return outcome.complaints.append(ending.text) }
            outcome.kills += 1
        }
        let ending = try await Tool.run(arguments(through: phase), on: parameters)
        if ending.status != .exited(0) { outcome.complaints.append(ending.text) }
    }

    private func arguments(through phase: String) -> [String] {
        // Where other tests run beside, an attempt at a lock takes longer than on a machine of its own.
        recipe.arguments + [
            "--name", CrashScenario.change, "--through", phase, "--yes", "--batch-time", "4", "--max-rate", "6000",
            "--lock-timeout", "1000",
        ]
    }

    private func create(_ parameters: ConnectionParameters) async throws {
        let connection = try await Connection.open(parameters)
        try await connection.script([
            """
            CREATE TABLE item (id int PRIMARY KEY, name text, city text DEFAULT 'nowhere',
              filler text DEFAULT repeat('-', 70));
            INSERT INTO item SELECT g, 'name ' || g, CASE WHEN g % 2 = 0 THEN 'city ' || g END
              FROM generate_series(1, \(Self.rows)) AS g;
            CREATE INDEX item_name ON item (name);
            CREATE VIEW item_view AS SELECT id, name, city FROM item
            """
        ])
        try await connection.run("VACUUM ANALYZE item")
        await connection.close()
    }

    private func workload(old: Int, new: Int, _ parameters: ConnectionParameters) -> CountedWorkload {
        CountedWorkload(
            table: QualifiedName(schema: "public", name: "item"),
            key: "id",
            oldName: "name",
            newName: "title",
            parameters: ConnectionParameters(conninfo: parameters.conninfo, applicationName: "application"),
            oldClients: old,
            newClients: new,
            seed: seed,
            options: WorkloadOptions(operationsPerSecond: 60, writesNulls: true)
        )
    }

    private func add(
        _ tally: Tally,
        of workload: CountedWorkload,
        _ names: [Identifier],
        _ parameters: ConnectionParameters,
        _ outcome: inout Outcome
    ) async throws {
        let connection = try await Connection.open(parameters)
        outcome.lost += try await workload.verify(on: connection, through: names)
        await connection.close()
        outcome.acknowledged += tally.acknowledgedWrites
        outcome.errors += tally.errors
        outcome.complaints += tally.firstErrors.map(\.description) + tally.firstWrongReads
        if !restartsServer, tally.connectionsLost > 0 { outcome.complaints.append("connections were lost") }
    }

    /// Looks at what the change was for.
    private func finish(_ parameters: ConnectionParameters, _ outcome: Outcome) async throws -> Outcome {
        let connection = try await Connection.open(parameters)
        let finished: Bool = try await connection.value(
            """
            SELECT count(*) = 1 AND bool_and(state = 'finished' AND phase = 'drop') FROM online_change.change
            """
        )
        let condition: SQL =
            switch recipe {
            case .rename: "attname = 'title'"
            case .type: "attname = 'id' AND atttypid = 'bigint'::regtype"
            case .notNull: "attname = 'city' AND attnotnull"
            }
        let holds: Bool = try await connection.value(
            """
            SELECT count(*) = 1 FROM pg_attribute WHERE attrelid = 'item'::regclass AND NOT attisdropped AND \(condition)
            """
        )
        let wrong: Int = try await connection.value(
            "SELECT count(*) FROM item WHERE city NOT IN ('city ' || id, 'city?', 'nowhere')"
        )
        var outcome = outcome
        if !finished { outcome.complaints.append("the ledger doesn't say that it is finished") }
        if !holds { outcome.complaints.append("the column is not what it should be") }
        if wrong > 0 { outcome.complaints.append("\(wrong) rows filled wrongly") }
        if restartsServer, outcome.crashes == 0 { outcome.complaints.append("the server never crashed") }
        if outcome.kills < Self.kills { outcome.complaints.append("killed only \(outcome.kills) times") }
        outcome.complaints += try await Leftovers.read(connection).map { "left over: \($0)" }
        await connection.close()
        return outcome
    }
}
