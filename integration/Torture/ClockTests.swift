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

    /// The table is a subscriber's: what the publisher's application writes comes without firing ordinary triggers. Ours
    /// fire, so both names hold it in every phase until drop, and after a rollback nothing is missing.
    @Suite(.database, .timeLimit(.minutes(20))) struct SubscriberTests {
        @Test func publisherWritesTheOldName() async throws {
            let subscriber = try TestDatabase.current
            let connection = try await subscriber.connect()
            try await NeighbourChange.create(connection)
            try await connection.run("TRUNCATE item")
            let complaints = try await withDatabase { parameters in
                let publisher = try await Connection.open(parameters)
                try await NeighbourChange.create(publisher)
                let slot = "slot_\(subscriber.name)"
                try await publisher.script(["CREATE PUBLICATION ours FOR TABLE item"])
                try await publisher.run("SELECT pg_create_logical_replication_slot(\(slot), 'pgoutput')")
                let source = "\(parameters.conninfo ?? "")"
                try await connection.run(
                    """
                    CREATE SUBSCRIPTION ours CONNECTION \(SQL("\(literal: source)")) PUBLICATION ours
                    WITH (create_slot = false, slot_name = \(SQL("\(literal: slot)")))
                    """
                )
                let change = NeighbourChange(kind: .rename, parameters: subscriber.parameters, deadline: 60)
                let found = try await Torture.scenario("subscriber whose table is ours", ["swap and back"]) { _ in
                    var wrong: [String] = []
                    var turn = 0
                    for phase in ["expand", "backfill", "swap", "rollback"] {
                        if phase == "rollback" {
                            try await change.rollback()
                        } else {
                            try await change.start(through: phase)
                        }
                        turn += 1
                        let value = "turn \(turn)"
                        try await publisher.run("UPDATE item SET name = \(value) WHERE id = 7")
                        try await publisher.run("INSERT INTO item VALUES (\(1000 + turn), \(value))")
                        try await eventually(within: .seconds(60)) {
                            try await connection.value("SELECT count(*) = 2 FROM item WHERE name = \(value)")
                        }
                        guard phase != "rollback" else { continue }
                        let both: Int = try await connection.value(
                            "SELECT count(*) FROM item WHERE name = \(value) AND full_name = \(value)"
                        )
                        if both != 2 { wrong.append("after \(phase) only \(both) of 2 rows follow") }
                    }
                    let rows: Int = try await connection.value("SELECT count(name) FROM item")
                    if rows != NeighbourChange.rows + 4 { wrong.append("\(rows) rows") }
                    return try await wrong + Leftovers.read(connection)
                }
                try await connection.run("ALTER SUBSCRIPTION ours DISABLE")
                try await connection.run("ALTER SUBSCRIPTION ours SET (slot_name = NONE)")
                try await connection.run("DROP SUBSCRIPTION ours")
                try await eventually {
                    try await publisher.value("SELECT NOT active FROM pg_replication_slots WHERE slot_name = \(slot)")
                }
                try await publisher.run("SELECT pg_drop_replication_slot(\(slot))")
                await publisher.close()
                return found
            }
            #expect(complaints == [])
            await connection.close()
        }
    }
}
