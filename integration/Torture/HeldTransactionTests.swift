import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// A transaction that stays open, or prepared, with a lock on the table when DDL is due. The change names it and waits
    /// without queueing, so that nobody else waits; when the transaction has ended, it goes on by itself.
    @Suite(.timeLimit(.minutes(40))) struct HeldTransactionTests {
        /// The lock, and the step that is due.
        struct Scene: Sendable, CustomStringConvertible {
            let mode: SQL
            let due: HeldLockTests.Due
            /// Whether the transaction is prepared, so that no process holds the lock.
            var isPrepared = false

            var description: String { "\(mode)\(isPrepared ? ", prepared," : "") at \(due.rawValue)" }
        }

        private static let scenes = HeldLockTests.Due.allCases.flatMap { due in
            [
                Scene(mode: "ACCESS EXCLUSIVE", due: due), Scene(mode: "ROW SHARE", due: due),
                Scene(mode: "ROW EXCLUSIVE", due: due, isPrepared: true),
            ]
        }

        @Test func lockIsHeld() async throws {
            let hold = Torture.of(part: 1.5, whole: 60.0)
            let scenes = Torture.of(part: [Self.scenes[0], Self.scenes[4]], whole: Self.scenes)
            let complaints = try await Torture.scenario(
                "lock held for \(Int(hold)) s at each DDL step",
                scenes,
                width: scenes.count
            ) { scene in
                try await withDatabase { try await run(scene, hold, $0) }
            }
            #expect(complaints == [])
        }

        private func run(_ scene: Scene, _ hold: Double, _ parameters: ConnectionParameters) async throws -> [String] {
            try await Account.create(rows: 500, on: parameters)
            let rename = try Rename(parameters, deadline: 2 * hold + 60)
            if let before = scene.due.before { try await rename.through(before) }
            let holder = try await Connection.open(parameters)
            let other = try await Connection.open(parameters)
            try await holder.run("BEGIN")
            try await holder.script(["LOCK TABLE account IN \(scene.mode) MODE"])
            let gid: SQL = "\(literal: "held \(holder.announcedBackend)")"
            if scene.isPrepared { try await holder.script(["PREPARE TRANSACTION \(gid)"]) }
            try await Task.sleep(for: .milliseconds(1_100))
            async let change: Void = scene.due.perform(rename)
            var wrong: [String] = []
            let named = scene.isPrepared ? "prepared transaction \(gid.text)" : "pid \(holder.announcedBackend)"
            try await eventually(within: .seconds(60)) { rename.events.text.contains(named) }
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .seconds(hold) {
                try await Task.sleep(for: .milliseconds(200))
                let waits: Int = try await other.value(
                    """
                    SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                    WHERE NOT l.granted AND l.mode = 'AccessExclusiveLock' AND a.datname = current_database()
                      AND l.relation = 'account'::regclass
                    """
                )
                if waits > 0 { wrong.append("a strong lock is waited for") }
            }
            try await holder.script([scene.isPrepared ? "COMMIT PREPARED \(gid)" : "COMMIT"])
            try await change
            await holder.close()
            await other.close()
            return wrong
        }

        /// A snapshot as old as the change keeps dead rows from being pruned, concurrent index builds from ending and swap
        /// from beginning. The ledger names its process; nothing is lost, and the run goes on when the snapshot is gone.
        @Test(.database) func longSnapshot() async throws {
            let parameters = try TestDatabase.current.parameters
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let complaints = try await Torture.scenario("long snapshot", ["1s", "1h"]) { limit in
                var change = NeighbourChange(kind: .rename, parameters: parameters, deadline: 60)
                change.limits = limit == "1s" ? [.snapshotAge: .at(1)] : [:]
                let expected = try await change.expected(connection)
                let reader = try await Connection.open(parameters)
                try await reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
                // The snapshot alone: reading the table would lock it.
                try await reader.run("SELECT FROM pg_class")
                try await change.start(through: "expand")
                try await Task.sleep(for: .milliseconds(1_200))
                let started = change
                async let run: Void = started.start(through: "drop")
                let backend = "pid \(reader.announcedBackend)"
                try await eventually(within: .seconds(60)) {
                    try await connection.value(
                        "SELECT coalesce(max(waiting) LIKE \("%\(backend)%"), false) FROM online_change.change"
                    )
                }
                let again: Int = try await reader.value("SELECT count(name) FROM item")
                try await reader.run("COMMIT")
                await reader.close()
                try await run
                var wrong = again == NeighbourChange.rows ? [] : ["the reader saw \(again) names"]
                wrong += try await NeighbourChange.differences(from: expected, connection)
                try await connection.script(["ALTER TABLE item RENAME full_name TO name"])
                return wrong
            }
            #expect(complaints == [])
            await connection.close()
        }
    }
}
