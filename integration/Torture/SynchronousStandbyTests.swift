import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// The synchronous standby is gone, so every commit waits for ever. The tool waits too, says for what, holds no row
    /// meanwhile, and can be interrupted; once a standby is there or none is asked for, the same command goes on.
    @Suite(.timeLimit(.minutes(20))) struct SynchronousStandbyTests {
        @Test func standbyIsGone() async throws {
            let cluster = try await ThrowawayCluster.start(settings: ["fsync": "off"])
            let parameters = ConnectionParameters(conninfo: cluster.dsn())
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let cases = Torture.of(part: ["expand"], whole: ["expand", "backfill", "swap"])
            let complaints = try await Torture.scenario("synchronous standby gone", cases) { phase in
                let change = NeighbourChange(kind: .rename, parameters: parameters, deadline: 3)
                try await change.start(through: phase)
                try await connection.script(["SET synchronous_commit = local"])
                try await ask(for: "nobody", connection)
                let run = Task { try await change.advance(through: "drop") }
                try await eventually(within: .seconds(30)) {
                    change.events.text.contains(
                        "no standby of those that synchronous_standby_names asks for is connected"
                    )
                }
                try await Task.sleep(for: .seconds(1))
                // An application that doesn't wait for the standby waits for no row of ours.
                try await connection.script(["SET lock_timeout = '2s'; UPDATE item SET filler = 'written'"]
                )
                let start = ContinuousClock.now
                run.cancel()
                let interrupted = await failure { try await run.value }
                var wrong =
                    interrupted?.kind == .interrupted ? [] : ["not interrupted: \(String(describing: interrupted))"]
                if ContinuousClock.now - start > .seconds(10) {
                    wrong.append("interrupted after \(ContinuousClock.now - start)")
                }
                try await ask(for: "", connection)
                if phase == cases.last {
                    try await change.start(through: "drop")
                    wrong += try await Leftovers.read(connection)
                    let damaged: Int = try await connection.value(
                        "SELECT 400 - count(*) FROM item WHERE full_name = 'name ' || id AND filler = 'written'"
                    )
                    if damaged > 0 { wrong.append("\(damaged) rows are damaged") }
                } else {
                    try await change.rollback()
                }
                return wrong
            }
            #expect(complaints == [])
            await connection.close()
            try await cluster.destroy()
        }

        /// The standby is there and replays, but behind a reader, whose table the change locks; commits wait until the
        /// standby shows them. The change waits for what it tells, holds no lock meanwhile, and an application that
        /// doesn't wait for the standby itself waits for nothing.
        @Test(.enabled("only in whole size", { Torture.isWhole })) func standbyReplaysBehindAReader() async throws {
            let servers = try await Failover(isSynchronous: true)
            let connection = try await Connection.open(servers.primaryParameters)
            try await NeighbourChange.create(connection)
            try await configure("synchronous_commit = remote_apply", servers.primaryParameters)
            try await configure("max_standby_streaming_delay = -1", servers.standbyParameters)
            let complaints = try await Torture.scenario(
                "standby that replays behind a reader",
                ["expand", "swap", "drop"]
            ) {
                phase in
                let change = NeighbourChange(kind: .rename, parameters: servers.primaryParameters, deadline: 20)
                if phase == "swap" { try await change.start(through: "backfill") }
                let reader = try await Connection.open(servers.standbyParameters)
                try await reader.run("BEGIN")
                try await reader.run("SELECT count(*) FROM item")
                async let run: Void = change.start(through: phase)
                try await eventually { try await Self.isBehind(connection) }
                try await connection.script([
                    "SET synchronous_commit = local; SET lock_timeout = '1s'; SET statement_timeout = '2s'"
                ])
                try await connection.script(["UPDATE item SET filler = \(literal: phase)"])
                try await connection.script(["RESET ALL"])
                try await Task.sleep(for: .seconds(2))
                let reached: String? = try await Self.phase(servers.standbyParameters)
                try await reader.run("COMMIT")
                await reader.close()
                try await run
                return reached == phase ? ["the standby has \(phase) already"] : []
            }
            #expect(complaints == [])
            #expect(try await Leftovers.read(connection) == [])
            await connection.close()
            try await servers.end()
        }

        private static func isBehind(_ connection: Connection) async throws -> Bool {
            try await connection.value(
                "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn < flush_lsn AND replay_lag > '0.5 s')"
            )
        }

        private static func phase(_ parameters: ConnectionParameters) async throws -> String? {
            let connection = try await Connection.open(parameters)
            let isThere: Bool = try await connection.value("SELECT to_regclass('online_change.change') IS NOT NULL")
            let phase: String? =
                isThere ? try await connection.value("SELECT max(phase) FROM online_change.change") : nil
            await connection.close()
            return phase
        }

        private func configure(_ setting: SQL, _ parameters: ConnectionParameters) async throws {
            let connection = try await Connection.open(parameters)
            let statement: SQL = "ALTER SYSTEM SET \(setting)"
            try await connection.run(Query(statement))
            try await connection.run("SELECT pg_reload_conf()")
            await connection.close()
        }

        private func ask(for standby: String, _ connection: Connection) async throws {
            try await connection.run("ALTER SYSTEM SET synchronous_standby_names = \(SQL("\(literal: standby)"))")
            try await connection.run("SELECT pg_reload_conf()")
            try await eventually {
                try await connection.value("SELECT current_setting('synchronous_standby_names') = \(standby)")
            }
        }
    }
}
