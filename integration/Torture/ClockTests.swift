import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// The server's clock is set forward or back by hours between two commands, which is to say that all times in the
    /// ledger lie in the past or the future. No decision rests on them: each phase ends as ever, and a sign of life from
    /// the future is not taken for that of a runner that lives.
    @Suite(.timeLimit(.minutes(20))) struct ClockTests {
        @Test func ledgerOfAnotherTime() async throws {
            let cases = NeighbourChange.Kind.allCases.flatMap { kind in ["-11 h", "11 h"].map { (kind, $0) } }
            let numbers = Array(Torture.of(part: cases.prefix(1), whole: cases[...]).indices)
            let complaints = try await Torture.scenario("clock set by 11 hours between phases", numbers) { number in
                try await withDatabase { try await run(cases[number].0, by: cases[number].1, $0) }
            }
            #expect(complaints == [])
        }

        private func run(_ kind: NeighbourChange.Kind, by hours: String, _ parameters: ConnectionParameters)
            async throws
            -> [String]
        {
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: kind, parameters: parameters)
            let expected = try await change.expected(connection)
            var wrong: [String] = []
            for phase in ["expand", "backfill", "swap"] {
                try await change.start(through: phase)
                // What a killed runner leaves.
                try await connection.run("UPDATE online_change.change SET heartbeat = clock_timestamp()")
                try await shift(by: hours, connection)
                let status = try await ChangeStatus.read(parameters, change: NeighbourChange.name)
                if status.contains(where: { $0.isRunning }) { wrong.append("said to be running after \(phase)") }
            }
            try await change.advance(through: "drop")
            wrong += try await NeighbourChange.differences(from: expected, connection)
            await connection.close()
            return wrong
        }

        private func shift(by hours: String, _ connection: Connection) async throws {
            for row in try await connection.run(
                """
                SELECT table_name::text AS name, column_name::text AS time FROM information_schema.columns
                WHERE table_schema = 'online_change' AND data_type = 'timestamp with time zone'
                """
            ).rows {
                let (table, time) = (Identifier(try row["name"]), Identifier(try row["time"]))
                try await connection.run("UPDATE online_change.\(table) SET \(time) = \(time) + \(hours)::interval")
            }
        }
    }
}
