import Oracles
import Postgres
import TestSupport
import Testing

/// A workload must find nothing where nothing is lost, and must not be disturbed by what applications live with.
struct CountedWorkloadTests {
    @Test func nothingIsLostOnHealthyTable() async throws {
        try await withItemTable { item in
            let workload = item.workload(WorkloadOptions(writesNulls: true))
            try await workload.start()
            try await pause()
            await workload.startNewRelease()
            try await pause()
            await workload.stopOldRelease()
            let before = await workload.tally()
            try await pause()
            let tally = await workload.stop()
            #expect(tally.errors == 0, "\(tally.firstErrors)")
            #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
            #expect(tally.acknowledgedWrites > before.acknowledgedWrites)
            #expect(tally.reads > before.reads)
            #expect(tally.rolledBack > 0)
            #expect(tally.latency.percentile(0.5) <= tally.latency.percentile(0.99))
            #expect(tally.latency.percentile(0.999) <= tally.latency.maximum)
            #expect(try await workload.verify(on: item.connection, through: ["name", "full_name"]) == [])
        }
    }

    /// The exchange of names that a rename is made of, again and again.
    @Test func exchangeOfNamesIsSeamless() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let tally = try await item.run(workload) {
                for _ in 0..<10 {
                    try await item.connection.run("BEGIN")
                    try await item.connection.run("ALTER TABLE item RENAME name TO passing")
                    try await item.connection.run("ALTER TABLE item RENAME full_name TO name")
                    try await item.connection.run("ALTER TABLE item RENAME passing TO full_name")
                    try await item.connection.run("COMMIT")
                    try await ContinuousClock().sleep(for: .milliseconds(50))
                }
            }
            #expect(tally.errors == 0, "\(tally.firstErrors)")
            #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
            #expect(try await workload.verify(on: item.connection, through: ["name", "full_name"]) == [])
        }
    }

    @Test func errorsAreCountedAndStopNoClient() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let tally = try await item.run(workload) {
                try await item.connection.run("ALTER TABLE item DISABLE TRIGGER keep_equal")
                try await item.connection.run("ALTER TABLE item RENAME full_name TO gone")
                try await pause()
                try await item.connection.run("ALTER TABLE item RENAME gone TO full_name")
                try await item.connection.run("ALTER TABLE item ENABLE TRIGGER keep_equal")
                try await pause()
            }
            #expect(tally.errors > 0)
            #expect(tally.errorsByState.keys.contains("42703"))
            #expect(tally.firstErrors.allSatisfy { $0.client.hasPrefix("new release") })
            #expect(tally.connectionsLost == 0)
        }
    }

    @Test func lostConnectionsLeaveRowsEitherOr() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let tally = try await item.run(workload) {
                for _ in 0..<15 {
                    try await item.connection.run(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """
                    )
                    try await ContinuousClock().sleep(for: .milliseconds(60))
                }
            }
            #expect(tally.connectionsLost > 0)
            #expect(tally.unknownOutcomes > 0)
            #expect(tally.errors == 0, "\(tally.firstErrors)")
            #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
            #expect(try await workload.verify(on: item.connection, through: ["name", "full_name"]) == [])
        }
    }

    @Test func newReleaseGoesOnAfterAComparison() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let before = try await item.run(workload) {}
            #expect(try await workload.verify(on: item.connection, through: ["name", "full_name"]) == [])
            await workload.startNewRelease()
            try await pause()
            let after = await workload.stop()
            #expect(after.acknowledgedWrites > before.acknowledgedWrites)
            #expect(after.errors == 0, "\(after.firstErrors)")
            #expect(after.wrongReads == 0, "\(after.firstWrongReads)")
            #expect(try await workload.verify(on: item.connection, through: ["name", "full_name"]) == [])
        }
    }

    /// An application whose column is unique must not be refused because two of its clients chose one value.
    @Test func clientsChooseDifferentValues() async throws {
        try await withItemTable { item in
            try await item.connection.run("ALTER TABLE item ADD UNIQUE (name)")
            let tally = try await item.run(item.workload()) { try await pause() }
            #expect(tally.errors == 0, "\(tally.firstErrors)")
        }
    }

    @Test func rateIsLimited() async throws {
        try await withItemTable { item in
            let workload = item.workload(WorkloadOptions(operationsPerSecond: 20))
            let tally = try await item.run(workload) { try await pause() }
            // Four clients for less than a second or so, a transaction being up to seven statements.
            #expect(tally.latency.count > 10)
            #expect(tally.latency.count < 4 * 20 * 3 * 3)
        }
    }
}

/// What goes wrong behind the clients' backs must be found.
struct CountedWorkloadFindingTests {
    @Test func rowDeletedBehindItsBackIsMissing() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            _ = try await item.run(workload) {}
            let key = try await item.connection.value(
                "DELETE FROM item WHERE id = \(lastKey) RETURNING id",
                as: Int.self
            )
            let findings = try await workload.verify(on: item.connection, through: ["name", "full_name"])
            #expect(findings.count == 2)
            #expect(findings.allSatisfy { $0.hasPrefix("key \(key): no row by ") }, "\(findings)")
        }
    }

    @Test func valueChangedBehindItsBackIsWrong() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            _ = try await item.run(workload) {}
            try await item.connection.run("ALTER TABLE item DISABLE TRIGGER keep_equal")
            try await item.connection.run("UPDATE item SET full_name = 'changed' WHERE id = \(lastKey)")
            let findings = try await workload.verify(on: item.connection, through: ["name", "full_name"])
            #expect(findings.count == 1)
            #expect(findings.first?.contains("'changed' by full_name, must be ") == true, "\(findings)")
            #expect(try await workload.verify(on: item.connection, through: ["name"]) == [])
        }
    }

    @Test func rowThatWasNeverCommittedIsFound() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            _ = try await item.run(workload) { try await pause() }
            let key = try await item.connection.value(
                """
                INSERT INTO item (id, name) SELECT min(g), 'ghost' FROM generate_series(\(ItemTable.existing + 1),
                    (\(lastKey))) AS g WHERE NOT EXISTS (SELECT FROM item WHERE id = g) RETURNING id
                """,
                as: Int.self
            )
            let findings = try await workload.verify(on: item.connection, through: ["name"])
            #expect(findings.count == 1)
            #expect(findings.first?.hasPrefix("key \(key): 'ghost' by name, must be no row") == true, "\(findings)")
        }
    }

    @Test func writesThatTheOtherNameMissesAreFound() async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let tally = try await item.run(workload) {
                try await item.connection.run("ALTER TABLE item DISABLE TRIGGER keep_equal")
                try await pause()
            }
            #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
            let findings = try await workload.verify(on: item.connection, through: ["name"])
            #expect(!findings.isEmpty)
            #expect(findings.allSatisfy { $0.contains("(new release, client ") }, "\(findings.first ?? "")")
        }
    }

    @Test(arguments: [
        ("UPDATE item SET name = 'overwritten'" as SQL, "is 'overwritten', must be "),
        ("DELETE FROM item", "is no row, must be "),
    ])
    func wrongReadIsSeenAtOnce(_ damage: SQL, finding: String) async throws {
        try await withItemTable { item in
            let workload = item.workload()
            let tally = try await item.run(workload) {
                // What a client has not seen yet it takes as it is.
                try await eventually { await workload.tally().acknowledgedWrites >= 40 }
                // Under a lock, or it deadlocks with transactions that write two rows.
                try await item.connection.script(["BEGIN", "LOCK TABLE item IN EXCLUSIVE MODE", damage, "COMMIT"])
                // Writes that find no row are seen as well, and may come first.
                try await eventually {
                    await workload.tally().firstWrongReads.contains { $0.contains(finding) }
                }
            }
            #expect(tally.firstWrongReads.contains { $0.contains(finding) }, "\(tally.firstWrongReads)")
        }
    }

    private var lastKey: SQL { "(SELECT max(id) FROM item)" }
}

private func withItemTable(_ body: (ItemTable) async throws -> Void) async throws {
    try await withScratchDatabase { parameters in
        let item = try await ItemTable(parameters)
        try await body(item)
        await item.connection.close()
    }
}

private func pause() async throws {
    try await ContinuousClock().sleep(for: .milliseconds(400))
}
