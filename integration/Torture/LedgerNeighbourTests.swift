import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// Someone takes the ledger away, makes it another version's, damages it, or forbids writing it. Every command says
    /// which, and what to do; nothing is touched. Once the ledger is back the same command goes on to the end.
    @Suite(.timeLimit(.minutes(20))) struct LedgerNeighbourTests {
        /// What is done to the ledger, what is said then, and what brings it back.
        struct Harm: Sendable, CustomStringConvertible {
            let description: String
            let statements: SQL
            let says: String
            let mend: SQL
            var kind = Failure.Kind.refused
        }

        private static let harms = [
            Harm(
                description: "newer",
                statements: "INSERT INTO online_change.ledger_version (version, tool) VALUES (3, 'later')",
                says: "the ledger has version 3 and this online-change writes version 2",
                mend: "DELETE FROM online_change.ledger_version WHERE version = 3"
            ),
            Harm(
                description: "older than any",
                statements: "UPDATE online_change.ledger_version SET version = 0",
                says: "the ledger has version 0",
                mend: "UPDATE online_change.ledger_version SET version = 2"
            ),
            Harm(
                description: "without a version",
                statements: "ALTER TABLE online_change.ledger_version RENAME TO hidden",
                says: "the ledger has version unknown",
                mend: "ALTER TABLE online_change.hidden RENAME TO ledger_version"
            ),
            Harm(
                description: "moved",
                statements: "ALTER SCHEMA online_change RENAME TO hidden",
                says: "there is no change 'the-change'",
                mend: "ALTER SCHEMA hidden RENAME TO online_change"
            ),
            Harm(
                description: "a table missing",
                statements: "ALTER TABLE online_change.step RENAME TO hidden",
                says: "the ledger is damaged",
                mend: "ALTER TABLE online_change.hidden RENAME TO step"
            ),
            Harm(
                description: "an unreadable plan",
                statements: """
                    CREATE TABLE kept AS SELECT id, plan FROM online_change.change;
                    UPDATE online_change.change SET plan = '{}'
                    """,
                says: "the plan that the ledger has of the change the-change can't be read",
                mend: "UPDATE online_change.change c SET plan = k.plan FROM kept k WHERE k.id = c.id; DROP TABLE kept"
            ),
        ]

        @Test func harmed() async throws {
            let cases = Torture.of(part: Array(Self.harms.suffix(3)), whole: Self.harms)
            let complaints = try await Torture.scenario("ledger missing, older, newer, damaged", cases) { harm in
                try await withDatabase { parameters in try await run(harm, parameters) }
            }
            #expect(complaints == [])
        }

        private func run(_ harm: Harm, _ parameters: ConnectionParameters) async throws -> [String] {
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: .rename, parameters: parameters)
            let expected = try await change.expected(connection)
            try await change.start(through: "backfill")
            try await connection.script([harm.statements])
            var wrong: [String] = []
            let before = try await DatabaseState.read(connection)
            let ending = ExpectedEnding.fails(harm.kind, harm.says)
            wrong += ending.complaints("advance", await failure { try await change.advance(through: "drop") })
            wrong += ending.complaints("rollback", await failure { try await change.rollback() })
            wrong += ending.complaints("verify", await failure { try await change.verify(repair: true) })
            wrong += try await DatabaseState.read(connection).differences(from: before)
            try await connection.script([harm.mend])
            try await change.start(through: "drop")
            wrong += try await NeighbourChange.differences(from: expected, connection)
            await connection.close()
            return wrong
        }

        /// The triggers stand and no ledger knows them: a new change is refused with what to do.
        @Test(.database) func triggersWithoutALedger() async throws {
            let database = try TestDatabase.current
            let connection = try await database.connect()
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: .changeType, parameters: database.parameters)
            try await change.start(through: "backfill")
            let complaints = try await Torture.scenario("triggers that no ledger knows", ["moved", "emptied"]) { harm in
                try await connection.script([
                    harm == "moved"
                        ? "ALTER SCHEMA online_change RENAME TO hidden"
                        : """
                        DELETE FROM online_change.audit; DELETE FROM online_change.step;
                        DELETE FROM online_change.backfill_lane; DELETE FROM online_change.backfill_measure;
                        DELETE FROM online_change.partition; DELETE FROM online_change.sample; DELETE FROM online_change.verified_part;
                        DELETE FROM online_change.verification; DELETE FROM online_change.change
                        """
                ])
                let refused = await failure { try await change.start(through: "backfill") }
                if harm == "moved" { try await connection.script(["ALTER SCHEMA hidden RENAME TO online_change"]) }
                return ExpectedEnding.fails(.refused, "it belongs to a change that the ledger doesn't know")
                    .complaints("start", refused)
            }
            #expect(complaints == [])
            await connection.close()
        }

        /// The rights on the ledger were taken away: who may give them back does so, others are told the GRANT.
        @Test(.database) func notWritable() async throws {
            let database = try TestDatabase.current
            let connection = try await database.connect()
            try await NeighbourChange.create(connection)
            let complaints = try await withRole { role in
                try await NeighbourChange.give(to: role, in: database)
                let change = NeighbourChange(kind: .rename, parameters: try await database.parameters(as: role))
                try await change.start(through: "expand")
                return try await Torture.scenario("ledger not writable", ["by its owner", "by another's"]) { whose in
                    let isOwn = whose == "by its owner"
                    if isOwn {
                        try await connection.script(["REVOKE ALL ON ALL TABLES IN SCHEMA online_change FROM \(role)"])
                        try await change.start(through: "backfill")
                        return []
                    }
                    try await connection.script([
                        "ALTER SCHEMA online_change OWNER TO CURRENT_USER",
                        "REVOKE ALL ON SCHEMA online_change FROM \(role)",
                        "ALTER TABLE online_change.change OWNER TO CURRENT_USER",
                    ])
                    var wrong: [String] = []
                    let ending = ExpectedEnding.fails(.privilege, "the ledger (schema online_change) belongs to")
                    wrong += ending.complaints("start", await failure { try await change.start(through: "drop") })
                    wrong += ending.complaints("rollback", await failure { try await change.rollback() })
                    try await connection.script([
                        "GRANT USAGE, CREATE ON SCHEMA online_change TO \(role)",
                        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA online_change TO \(role)",
                    ])
                    try await change.start(through: "drop")
                    return wrong
                }
            }
            #expect(complaints == [])
            await connection.close()
        }
    }
}
