import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// A real autovacuum that prevents wraparound is at work on the table. It gives way to no lock: the change names it,
    /// stands in nobody's way, ends with 75 at its deadline with nothing done, and the same command goes on afterwards.
    @Suite(.timeLimit(.minutes(20))) struct WraparoundTests {
        @Test(.enabled("only in whole size", { Torture.isWhole })) func autovacuumHasTheTable() async throws {
            let cluster = try await ThrowawayCluster.start(settings: [
                "fsync": "off", "autovacuum_freeze_max_age": "100000", "autovacuum_naptime": "1s",
            ])
            let parameters = ConnectionParameters(conninfo: cluster.dsn())
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection, rows: 20_000)
            try await connection.script([
                // No other vacuum may freeze the rows before.
                "ALTER TABLE item SET (autovacuum_enabled = false)",
                """
                CREATE PROCEDURE age() LANGUAGE plpgsql AS $$
                BEGIN FOR n IN 1..101000 LOOP PERFORM txid_current(); COMMIT; END LOOP; END $$
                """,
            ])
            let complaints = try await Torture.scenario("autovacuum that prevents wraparound", ["expand", "swap"]) {
                phase in
                // Slow enough to be in the way for as long as it takes.
                try await connection.script([
                    "ALTER TABLE item SET (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)"
                ])
                if phase == "swap" {
                    try await NeighbourChange(kind: .rename, parameters: parameters, deadline: 60)
                        .start(through: "backfill")
                }
                try await connection.script(["CALL age()"])
                try await eventually { try await connection.value(Self.isAtWork) }
                return try await run(phase, parameters, connection)
            }
            #expect(complaints == [])
            await connection.close()
            try await cluster.destroy()
        }

        private static let isAtWork: Query = """
            SELECT EXISTS (SELECT FROM pg_stat_activity
                           WHERE query LIKE 'autovacuum: %public.item (to prevent wraparound)%')
            """

        private func run(_ phase: String, _ parameters: ConnectionParameters, _ connection: Connection) async throws
            -> [String]
        {
            let before = try await DatabaseState.read(connection)
            let change = NeighbourChange(kind: .rename, parameters: parameters, deadline: 3)
            let refused = await failure { try await change.start(through: phase) }
            var wrong = ExpectedEnding.fails(.notNow, "to prevent wraparound").complaints(phase, refused)
            wrong += try await DatabaseState.read(connection).differences(from: before)
            try await connection.script(["SET lock_timeout = '1s'", "UPDATE item SET filler = 'written' WHERE id = 1"])
            if try await !connection.value(Self.isAtWork) { wrong.append("the vacuum was stopped") }
            let goesOn = NeighbourChange(kind: .rename, parameters: parameters, deadline: 120)
            async let run: Void = goesOn.start(through: phase)
            try await hurry(parameters, connection)
            try await run
            return wrong
        }

        /// Lets the vacuum end: the next one, which comes at once, does its work at full speed.
        private func hurry(_ parameters: ConnectionParameters, _ connection: Connection) async throws {
            let other = try await Connection.open(parameters)
            async let reset: Void = other.script([
                "ALTER TABLE item RESET (autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit)"
            ])
            try await eventually {
                try await connection.value(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode LIKE 'ShareUpdate%')"
                )
            }
            try await connection.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'autovacuum: %public.item%'"
            )
            try await reset
            await other.close()
        }
    }
}
