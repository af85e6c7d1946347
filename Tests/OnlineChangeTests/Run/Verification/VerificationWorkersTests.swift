import OnlineChange
import Postgres
import TestSupport
import Testing

/// A comparison by several workers, and one that ends half-way.
@Suite(.database, .timeLimit(.minutes(20)))
struct VerificationWorkersTests {
    /// Blocks enough for several workers, and rows that differ in the first and the last of them.
    @Test func workersFindWhatOneFinds() async throws {
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, name text, other text) WITH (fillfactor = 10)",
            "INSERT INTO t SELECT g, 'row ' || g, repeat('x', 200) FROM generate_series(1, 30000) g",
        ])
        let rename = try Rename()
        try await rename.through("backfill")
        #expect(try await connection.value("SELECT pg_relation_size('t') / 8192 > 8192"))
        try await connection.whileTriggersSleep("UPDATE t SET full_name = 'other' WHERE id % 3000 = 1")
        for workers in [1, 4] {
            _ = try await Control.set(Rename.change, on: rename.parameters, limits: [.workers: .at(Double(workers))])
            let failure = await rename.failureOfVerify(repair: false)
            #expect(failure?.message == "10 of 30,000 rows differ")
            let keys = stride(from: 1, to: 30000, by: 3000).map { "\($0)" }.joined(separator: " | ")
            #expect(rename.notices.last == "these differ: \(keys)")
        }
        _ = await rename.failureOfVerify(repair: true)
        #expect(rename.comparisons.last == [30000, 10, 10])
        _ = await rename.failureOfVerify(repair: true)
        #expect(rename.comparisons.last == [30000, 0, 0])
        await connection.close()
    }

    /// What was compared before the kill isn't read again: the ledger's figures are taken as they stand.
    @Test(.server(from: 15)) func goesOnWhereItStopped() async throws {
        let (rename, connection) = try await stoppedInSecondPartition()
        try await connection.run(
            """
            UPDATE online_change.verified_part SET extent = jsonb_set(extent, '{result,rows}', '7000')
            WHERE relation = 't_1'::regclass
            """
        )
        #expect(await rename.failureOfVerify(repair: true) == nil)
        #expect(rename.notices.contains("the comparison goes on where it stopped"))
        #expect(rename.comparisons.last == [7500, 1, 1])
        #expect(try await connection.value("SELECT count(*) FROM online_change.verified_part") == 0)
        // The next one begins at the beginning.
        #expect(await rename.failureOfVerify(repair: false) == nil)
        #expect(rename.comparisons.last == [1000, 0, 0])
        await connection.close()
    }

    /// What was compared before a trigger was touched counts no more, nor what was mended for who only counts.
    @Test(.server(from: 15), arguments: [true, false])
    func startsOver(touchingTriggers: Bool) async throws {
        let (rename, connection) = try await stoppedInSecondPartition()
        if touchingTriggers { try await connection.whileTriggersSleep("SELECT") }
        _ = await rename.failureOfVerify(repair: touchingTriggers)
        #expect(!rename.notices.contains("the comparison goes on where it stopped"))
        #expect(rename.comparisons.last == [1000, 1, touchingTriggers ? 1 : 0])
        await connection.close()
    }

    /// Two partitions of 500 rows, of which one has been compared when the comparison is cancelled; a row of the other
    /// that someone holds is to be mended.
    private func stoppedInSecondPartition() async throws -> (Rename, Connection) {
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, name text) PARTITION BY RANGE (id)",
            "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (501)",
            "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (501) TO (1001)",
            "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 1000) g",
        ])
        let rename = try Rename()
        try await rename.through("backfill")
        try await connection.whileTriggersSleep("UPDATE t SET full_name = 'other' WHERE id = 900")
        let holder = try await TestDatabase.current.connect()
        try await holder.script(["BEGIN", "SELECT FROM t WHERE id = 900 FOR UPDATE"])
        let verify = Task { await rename.failureOfVerify(repair: true) }
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT count(*) FROM online_change.verified_part") == 1
        }
        verify.cancel()
        #expect(await verify.value != nil)
        await holder.close()
        return (rename, connection)
    }
}
