import OnlineChange
import Postgres
import TestSupport
import Testing

/// The comparison of the two columns, and what swap demands of it.
@Suite(.database, .timeLimit(.minutes(20)))
struct VerificationTests {
    /// 5,000 rows, backfilled.
    private func backfilled() async throws -> (Rename, Connection) {
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, name text)",
            "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 5000) g",
        ])
        let rename = try Rename()
        try await rename.through("backfill")
        return (rename, connection)
    }

    private static let spoil: SQL = "UPDATE t SET full_name = 'other' WHERE id % 1000 = 0"

    @Test func reportsAndChangesNothing() async throws {
        let (rename, connection) = try await backfilled()
        #expect(await rename.failureOfVerify(repair: false) == nil)
        #expect(rename.comparisons.last == [5000, 0, 0])
        try await connection.whileTriggersSleep(Self.spoil)
        let failure = try #require(await rename.failureOfVerify(repair: false))
        #expect(failure.kind == .data)
        #expect(failure.message == "5 of 5,000 rows differ")
        #expect(rename.comparisons.last == [5000, 5, 0])
        // In the heap's order, which the writes may have changed.
        let named = try #require(rename.notices.last).dropFirst("these differ: ".count).split(separator: " | ")
        #expect(named.sorted() == ["1000", "2000", "3000", "4000", "5000"])
        #expect(try await connection.value("SELECT count(*) FROM t WHERE full_name = 'other'") == 5)
        await connection.close()
    }

    @Test func repairsAndSwapGoesOn() async throws {
        let (rename, connection) = try await backfilled()
        try await connection.whileTriggersSleep(Self.spoil)
        _ = await rename.failureOfVerify(repair: false)
        let differing = try #require(await rename.failure(through: "swap"))
        #expect(differing.kind == .refused)
        #expect(differing.message.contains("the last comparison found 5 rows that differ"))
        try await rename.runner.verify(Rename.change, repair: true)
        #expect(rename.comparisons.last == [5000, 5, 5])
        try await expectInSync(connection)
        // A pass that had to mend is not a clean one.
        #expect(await rename.failure(through: "swap")?.kind == .refused)
        try await rename.runner.verify(Rename.change, repair: true)
        try await rename.through("swap")
        #expect(try await connection.value("SELECT full_name FROM t WHERE id = 1000") == "row 1000")
        await connection.close()
    }

    /// After the swap the new name rules, and the legacy column is mended.
    @Test func repairsAfterSwap() async throws {
        let (rename, connection) = try await backfilled()
        try await rename.through("swap")
        try await connection.whileTriggersSleep(Self.spoil)
        try await rename.runner.verify(Rename.change, repair: true)
        #expect(rename.comparisons.last == [5000, 5, 5])
        #expect(try await connection.value("SELECT name FROM t WHERE id = 1000") == "other")
        try await expectInSync(connection)
        await connection.close()
    }

    /// A row that someone holds is mended once they let go of it.
    @Test func waitsForLockedRows() async throws {
        let (rename, connection) = try await backfilled()
        try await connection.whileTriggersSleep(Self.spoil)
        let holder = try await TestDatabase.current.connect()
        try await holder.script(["BEGIN", "SELECT FROM t WHERE id = 2000 FOR UPDATE"])
        let verify = Task { try await rename.runner.verify(Rename.change, repair: true) }
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT count(*) FROM t WHERE full_name = 'other'") == 1
        }
        try await holder.run("COMMIT")
        try await verify.value
        #expect(rename.comparisons.last == [5000, 5, 5])
        await holder.close()
        await connection.close()
    }

    /// Nothing differs, and yet a write may have slipped by: swap asks for another comparison.
    @Test func touchedTriggersVoidTheComparison() async throws {
        let (rename, connection) = try await backfilled()
        try await connection.whileTriggersSleep("SELECT 1")
        let failure = try #require(await rename.failure(through: "swap"))
        #expect(failure.kind == .refused)
        #expect(failure.message.contains("were touched since the last comparison"))
        #expect(failure.next == "online-change verify \(Rename.change) --repair")
        try await rename.runner.verify(Rename.change, repair: true)
        try await rename.through("swap")
        await connection.close()
    }

    /// ENABLE without ALWAYS leaves triggers that don't fire under replication.
    @Test func triggersEnabledOtherwiseAreRefused() async throws {
        let (rename, connection) = try await backfilled()
        try await connection.script(["ALTER TABLE t DISABLE TRIGGER ALL", "ALTER TABLE t ENABLE TRIGGER ALL"])
        #expect(await rename.failureOfVerify(repair: true) == nil)
        let failure = try #require(await rename.failure(through: "swap"))
        #expect(failure.kind == .refused)
        #expect(failure.message.contains("trigger !online_change full_name in i"))
        #expect(try await connection.value("SELECT full_name FROM t WHERE id = 1") == "row 1")
        await connection.close()
    }

    @Test func noComparisonNoSwap() async throws {
        let (rename, connection) = try await backfilled()
        try await connection.run("DELETE FROM online_change.verification")
        let failure = try #require(await rename.failure(through: "swap"))
        #expect(failure.message == "no comparison of the two columns stands")
        await connection.close()
    }
}

extension Rename {
    /// Rows, differences and repairs of each comparison.
    var comparisons: [[Int]] {
        events.compactMap { event in
            guard case .verified(let rows, let differences, let repaired) = event else { return nil }
            return [rows, differences, repaired]
        }
    }
}
