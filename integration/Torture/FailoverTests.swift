import Foundation
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

extension Torture {
    /// The primary dies in the middle of a backfill under load, and its standby is promoted.
    ///
    /// With a connection string that names both servers the same run goes on: from the position that the new primary has,
    /// which came there with the rows, so that batches that were lost with the old one are done again.
    @Suite(.serialized, .timeLimit(.minutes(20))) struct FailoverTests {
        /// When and how it happens.
        struct Case: Sendable, CustomStringConvertible {
            /// Whether a COMMIT waits for the standby: then nothing that was acknowledged may be missing.
            let isSynchronous: Bool
            /// The share of the rows that are done when the primary dies.
            let share: Double
            /// Whether the connection string asks for a server that can be written to. Without that the tool meets the
            /// standby before it is promoted.
            var asksForPrimary = true

            var description: String {
                "\(isSynchronous ? "synchronous" : "asynchronous") at \(Int(share * 100)) %"
                    + (asksForPrimary ? "" : ", without target_session_attrs")
            }
        }

        private static let part = [
            Case(isSynchronous: true, share: 0.3), Case(isSynchronous: false, share: 0.3, asksForPrimary: false),
        ]
        private static let whole = [0.05, 0.25, 0.5, 0.75, 0.9].flatMap { share in
            [true, false].flatMap { isSynchronous in
                [true, false].map { Case(isSynchronous: isSynchronous, share: share, asksForPrimary: $0) }
            }
        }

        private let rows = Torture.of(part: 12_000, whole: 30_000)

        @Test func theRunGoesOnOnTheNewPrimary() async throws {
            let complaints = try await Torture.countedScenario(
                "failover to a standby in the middle of a backfill",
                Torture.of(part: Self.part, whole: Self.whole),
                failOver
            )
            #expect(complaints == [])
        }

        private func failOver(_ each: Case) async throws -> Torture.Outcome {
            let servers = try await Failover(isSynchronous: each.isSynchronous)
            try await Account.create(rows: rows, on: servers.primaryParameters)
            let original = try await Account.portrait(servers.primaryParameters)
            // Applications want to write; what the tool is given is the case's.
            let workload = Traffic(servers.parameters(), operationsPerSecond: 50).workload(
                old: 4,
                new: 0,
                seed: Torture.seed
            )
            try await workload.start()
            let parameters = servers.parameters(onlyPrimary: each.asksForPrimary)
            let witness = Witness()
            let ending = try await Tool.run(
                Tool.rename(through: "backfill", "--batch-time", "2", "--max-rate", String(rows / 3)),
                on: parameters
            ) { _ in
                try await reach(each.share, servers.primaryParameters)
                if !each.isSynchronous {
                    try await servers.detach()
                    try await reach(each.share + 0.08, servers.primaryParameters)
                }
                let old = try await position(servers.primaryParameters)
                let new = try await servers.happen(pause: each.asksForPrimary ? .zero : .seconds(1))
                await witness.saw(old, new)
            }
            let tally = await workload.stop()
            var wrong: [String] = []
            if ending.status != .exited(0) { wrong.append("ended so: \(ending.text)") }
            if !ending.lines.contains(where: { $0.contains("\"event\":\"reconnecting\"") }) {
                wrong.append("told of no lost connection")
            }
            let (old, new) = await (witness.old, witness.new)
            var outcome = Torture.Outcome(applicationErrors: tally.errors)
            guard let old, let new else {
                outcome.complaints = wrong + ["the position was not there: \(ending.text)"]
                return outcome
            }
            if each.isSynchronous, !new.isAtOrAfter(old) { wrong.append("\(old) became \(new)") }
            if !each.isSynchronous, new.isAtOrAfter(old) { wrong.append("no batch was lost: \(old), \(new)") }
            wrong += tally.firstErrors.map { "the application: \($0)" }
            if each.isSynchronous {
                let connection = try await Connection.open(servers.standbyParameters)
                let lost = try await workload.verify(on: connection, through: ["name", "full_name"])
                await connection.close()
                if tally.acknowledgedWrites < 20 { wrong.append("only \(tally.acknowledgedWrites) writes") }
                outcome.lostWrites = lost.count
                wrong += lost
            }
            outcome.complaints = wrong + (try await finish(servers, parameters, original))
            try await servers.end()
            return outcome
        }

        /// The columns are the same in every row, and the change can be brought to its end.
        private func finish(
            _ servers: Failover,
            _ parameters: ConnectionParameters,
            _ original: CatalogPortrait
        ) async throws -> [String] {
            let connection = try await Connection.open(servers.standbyParameters)
            let apart: Int = try await connection.value(
                "SELECT count(*) FROM account WHERE name IS DISTINCT FROM full_name"
            )
            // Without attributes of its own a connection string leads to the old primary first, which is gone.
            let ending = try await Tool.run(Tool.rename(through: "drop"), on: parameters)
            var wrong = apart == 0 ? [] : ["\(apart) rows differ"]
            if ending.status != .exited(0) { wrong.append("drop: \(ending.text)") }
            wrong += try await Leftovers.read(connection)
            if wrong.isEmpty {
                try await connection.run("ALTER TABLE account RENAME full_name TO name")
                wrong = try await CatalogPortrait.take(on: connection).differences(from: original)
            }
            await connection.close()
            return wrong
        }

        /// The standby was promoted before it had heard of the change: the run says so, and the same command begins anew.
        @Test(.enabled("takes its time", { Torture.isWhole })) func theNewPrimaryDoesNotKnowTheChange() async throws {
            let complaints = try await Torture.scenario("failover that loses the whole change", ["asynchronous"]) { _ in
                let servers = try await Failover(isSynchronous: false)
                try await Account.create(rows: rows, on: servers.primaryParameters)
                try await atTheStandby(servers, "SELECT count(*) = \(rows) FROM account")
                try await servers.detach()
                let arguments = Tool.rename(through: "backfill", "--batch-time", "2", "--max-rate", String(rows / 3))
                let ending = try await Tool.run(arguments, on: servers.parameters()) { _ in
                    try await reach(0.1, servers.primaryParameters)
                    _ = try await servers.happen()
                }
                var wrong: [String] = []
                if ending.status != .exited(75) || !ending.errors.contains("does not have the change \(Rename.name)") {
                    wrong.append(ending.text)
                }
                let again = try await Tool.run(Tool.rename(through: "drop"), on: servers.parameters())
                if again.status != .exited(0) { wrong.append("again: \(again.text)") }
                let damaged = try await Account.damaged(rows: rows, by: "full_name", on: servers.standbyParameters)
                if damaged > 0 { wrong.append("\(damaged) rows damaged") }
                try await servers.end()
                return wrong
            }
            #expect(complaints == [])
        }

        /// A connection string that names the dead primary alone.
        ///
        /// A run that has lost it waits for two minutes (in whole size) and ends with 69; a new command ends so at once.
        /// Both leave the change as it is, and the same command, led to the new primary, goes on.
        @Test func aSingleHostIsNotEnough() async throws {
            let waits = Torture.isWhole
            let complaints = try await Torture.scenario("failover with the old primary's name alone", ["one host"]) {
                _ in
                let servers = try await Failover(isSynchronous: true)
                try await Account.create(rows: rows, on: servers.primaryParameters)
                let arguments = Tool.rename(through: "backfill", "--batch-time", "2", "--max-rate", String(rows / 3))
                let ending = try await Tool.run(arguments, on: servers.primaryParameters) { running in
                    try await reach(0.2, servers.primaryParameters)
                    _ = try await servers.happen()
                    if !waits { running.kill() }
                }
                var wrong: [String] = []
                if waits, ending.status != .exited(69) || !ending.errors.contains("when the server is back") {
                    wrong.append("lost: \(ending.text)")
                }
                let again = try await Tool.run(arguments, on: servers.primaryParameters)
                if again.status != .exited(69) || !again.errors.contains("cannot connect to the server") {
                    wrong.append("again: \(again.text)")
                }
                let elsewhere = try await Tool.run(Tool.rename(through: "drop"), on: servers.standbyParameters)
                if elsewhere.status != .exited(0) { wrong.append("on the new primary: \(elsewhere.text)") }
                let damaged = try await Account.damaged(rows: rows, by: "full_name", on: servers.standbyParameters)
                if damaged > 0 { wrong.append("\(damaged) rows damaged") }
                try await servers.end()
                return wrong
            }
            #expect(complaints == [])
        }

        private func position(_ parameters: ConnectionParameters) async throws -> BackfillPosition? {
            let connection = try await Connection.open(parameters)
            let position = try await BackfillPosition.read(connection)
            await connection.close()
            return position
        }

        private func reach(_ share: Double, _ parameters: ConnectionParameters) async throws {
            let connection = try await Connection.open(parameters)
            try await eventually(within: .seconds(120)) {
                let position = try await BackfillPosition.read(connection)
                return position.map { Double($0.rows) >= share * Double(rows) } ?? false
            }
            await connection.close()
        }

        private func atTheStandby(_ servers: Failover, _ condition: Query) async throws {
            let connection = try await Connection.open(servers.standbyParameters)
            try await eventually(within: .seconds(30)) {
                // The table itself may not be there yet.
                (try? await connection.value(condition, as: Bool.self)) == true
            }
            await connection.close()
        }
    }
}

/// How far the backfill was on either server.
private actor Witness {
    private(set) var old: BackfillPosition?
    private(set) var new: BackfillPosition?

    func saw(_ old: BackfillPosition?, _ new: BackfillPosition?) {
        self.old = old
        self.new = new
    }
}
