import OnlineChange
import Postgres
import TestSupport
import Testing

extension Torture {
    /// A real standby, and a slot that nobody reads: each holds the backfill back, is named, and lets it go on.
    @Suite(.serialized, .timeLimit(.minutes(20))) struct StandbyTests {
        private let rows = 20_000

        /// What `ThrottleTests` plays in every run has its lines here; the reader on a standby with feedback is ours.
        @Test func theBackfillWaitsAndGoesOn() async throws {
            let known = ThrottleScene.all.filter {
                ["replication-lag", "replication-delay", "slot-wal"].contains($0.signal)
            }
            let stage = try await ThrottleStage()
            try await Account.create(rows: rows, on: stage.parameters)
            let rename = try Rename(stage.parameters, limits: [.maxRate: .at(500)])
            let run = Task { try await rename.through("backfill") }
            try await eventually(within: .seconds(60)) { try await position(stage)?.rows ?? 0 > 0 }
            for scene in Torture.of(part: [], whole: known) + [Self.feedback] {
                let complaints = try await Torture.scenario(scene.story, [scene.signal]) { _ in
                    try await play(scene, stage, rename)
                }
                #expect(complaints == [])
            }
            let complaints = try await Torture.scenario(
                "a standby's reader older than the backfill's end, at swap",
                ["swap"]
            ) { _ in
                try await stage.openReader()
                _ = try await Control.set(Rename.name, on: stage.parameters, limits: [.maxRate: .off])
                try await run.value
                return try await swapWaits(stage, rename)
            }
            #expect(complaints == [])
            try await stage.end()
        }

        /// A transaction on the standby, whose feedback keeps the primary from pruning.
        private static let feedback = ThrottleScene(
            signal: "oldest-snapshot",
            story: "a reader on a standby with hot_standby_feedback",
            limits: [.snapshotAge: .at(1)]
        ) { stage in
            try await configure(stage.standby, ["hot_standby_feedback = on", "wal_receiver_status_interval = 1"])
            try await stage.openReader()
        } lower: { stage in
            try await stage.endReader()
        }

        private static func configure(_ standby: Standby, _ settings: [SQL]) async throws {
            let connection = try await Connection.open(ConnectionParameters(conninfo: standby.cluster.dsn()))
            for setting in settings {
                let statement: SQL = "ALTER SYSTEM SET \(setting)"
                try await connection.run(Query(statement))
            }
            try await connection.run("SELECT pg_reload_conf()")
            await connection.close()
        }

        private func play(_ scene: ThrottleScene, _ stage: ThrottleStage, _ rename: Rename) async throws -> [String] {
            _ = try await Control.set(Rename.name, on: stage.parameters, limits: scene.limits)
            try await scene.raise(stage)
            var wrong: [String] = []
            try await eventually(within: .seconds(60)) {
                try await rename.status().heldBack.map(\.signal) == [scene.signal]
            }
            // The batches under way end; then nothing moves.
            try await Task.sleep(for: .milliseconds(500))
            let held = try await position(stage)
            try await Task.sleep(for: .milliseconds(900))
            if try await position(stage) != held { wrong.append("\(scene.signal) did not hold") }
            try await scene.lower(stage)
            try await eventually(within: .seconds(60)) { try await rename.status().heldBack.isEmpty }
            try await eventually(within: .seconds(60)) { try await position(stage) != held }
            _ = try await Control.set(
                Rename.name,
                on: stage.parameters,
                limits: [.lag: LimitName.lag.standard, .snapshotAge: .off]
            )
            return wrong
        }

        /// The swap names the standby's reader, which would find NULLs, and waits for its end.
        private func swapWaits(_ stage: ThrottleStage, _ rename: Rename) async throws -> [String] {
            let swap = Task { try await rename.through("swap") }
            let phaseReached: Query = "SELECT phase FROM online_change.change"
            let isWaiting: Query = "SELECT waiting LIKE 'old snapshots%' FROM online_change.change"
            try await eventually(within: .seconds(60)) { try await stage.connection.value(isWaiting) as Bool? == true }
            let phase: String? = try await stage.connection.value(phaseReached)
            try await stage.endReader()
            try await swap.value
            let reached: String? = try await stage.connection.value(phaseReached)
            return (phase == "backfill" ? [] : ["it did not wait: \(phase ?? "nothing")"])
                + (reached == "swap" ? [] : ["reached \(reached ?? "nothing")"])
        }

        private func position(_ stage: ThrottleStage) async throws -> BackfillPosition? {
            let connection = try await Connection.open(stage.parameters)
            let position = try await BackfillPosition.read(connection)
            await connection.close()
            return position
        }
    }
}
