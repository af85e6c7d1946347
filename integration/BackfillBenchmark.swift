import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing
import ThrowawayPostgres

/// The third target: the backfill against one single UPDATE of the whole table. `bench.sh` runs it with a release build.
/// `ONLINE_CHANGE_BENCH` is the number of rows.
@Suite(.enabled(if: Size.benchmarkRows > 0), .timeLimit(.minutes(60)))
struct BackfillBenchmark {
    private let rows = Size.benchmarkRows

    @Test func backfillAgainstSingleUpdate() async throws {
        // Autovacuum would come at other moments in each measurement; checkpoints too, within a small max_wal_size.
        let settings = ["fsync": "off", "autovacuum": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h"]
        let cluster = try await ThrowawayCluster.start(settings: settings)
        print("\(rows) rows, " + settings.sorted { $0.key < $1.key }.map { "\($0) = \($1)" }.joined(separator: ", "))
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        var updates: [Double] = []
        var backfills: [Double] = []
        // Interleaved, so that whatever else the machine does strikes both alike.
        for round in 1...3 {
            updates.append(try await singleUpdate(parameters))
            backfills.append(try await backfill(parameters))
            print("round \(round): single UPDATE \(shown(updates[round - 1])), backfill \(shown(backfills[round - 1]))")
        }
        let ratio = median(updates) / median(backfills)
        print("medians: single UPDATE \(shown(median(updates))), backfill \(shown(median(backfills)))")
        print("speed of the backfill, single UPDATE = 1: \((ratio * 100).rounded() / 100)")
        #expect(ratio >= 0.8)
        try await cluster.destroy()
    }

    private func singleUpdate(_ parameters: ConnectionParameters) async throws -> Double {
        let connection = try await table(parameters)
        try await connection.run("ALTER TABLE account ADD COLUMN full_name text")
        let start = ContinuousClock.now
        try await connection.run("UPDATE account SET full_name = name")
        let took = ContinuousClock.now - start
        try await connection.run("DROP TABLE account")
        await connection.close()
        return took / .seconds(1)
    }

    /// From the first batch to the last, as the ledger has it.
    private func backfill(_ parameters: ConnectionParameters) async throws -> Double {
        let connection = try await table(parameters)
        let ending = try await Tool.run(Tool.rename(through: "backfill"), on: parameters)
        try #require(ending.status == .exited(0), "\(ending.text)")
        let row = try await connection.run(
            """
            SELECT extract(epoch FROM s.ended_at - s.begun_at)::float8 AS took, w.rows, w.batches, w.busy
            FROM online_change.step AS s
            JOIN (SELECT change_id, position, sum(rows)::bigint AS rows, sum(batches)::bigint AS batches, sum(busy) AS busy
                  FROM online_change.backfill_window GROUP BY 1, 2) AS w USING (change_id, position)
            ORDER BY s.change_id DESC LIMIT 1
            """
        ).rows[0]
        let written: Int = try row["rows"]
        #expect(written == rows)
        print("  \(try row["batches"] as Int) batches, \(shown(try row["busy"])) of it on the server")
        let rollback = try await Tool.run(Tool.rollback, on: parameters)
        try #require(rollback.status == .exited(0), "\(rollback.text)")
        try await connection.run("DROP TABLE account")
        await connection.close()
        return try row["took"]
    }

    /// The same table each time, its primary key and one more index.
    private func table(_ parameters: ConnectionParameters) async throws -> Connection {
        try await Account.create(rows: rows, on: parameters, indexed: false)
        let connection = try await Connection.open(parameters)
        try await connection.run("CHECKPOINT")
        return connection
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func shown(_ seconds: Double) -> String { "\((seconds * 100).rounded() / 100) s" }
}
