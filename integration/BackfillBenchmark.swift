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
        var figures: [String: [Figures]] = [:]
        // Interleaved, so that whatever else the machine does strikes all alike.
        for round in 1...3 {
            figures["single UPDATE", default: []].append(try await singleUpdate(parameters))
            for workers in [1, 2, 4] {
                figures["\(workers) worker(s)", default: []].append(try await backfill(parameters, workers: workers))
            }
            print("round \(round)")
            for (name, all) in figures.sorted(by: { $0.key < $1.key }) { print("  \(name): \(all[round - 1])") }
        }
        let medians = figures.mapValues { all in all.map(\.seconds).sorted()[all.count / 2] }
        print("medians: \(medians.sorted { $0.key < $1.key }.map { "\($0) \(Figures.rounded($1)) s" })")
        let update = try #require(medians["single UPDATE"])
        let one = try update / #require(medians["1 worker(s)"])
        let four = try update / #require(medians["4 worker(s)"])
        print("speed of the backfill, single UPDATE = 1: \(Figures.rounded(one)); 4 workers: \(Figures.rounded(four))")
        #expect(one >= 0.8)
        try await cluster.destroy()
    }

    private func singleUpdate(_ parameters: ConnectionParameters) async throws -> Figures {
        let connection = try await table(parameters)
        try await connection.run("ALTER TABLE account ADD COLUMN full_name text")
        let meter = try await BackfillMeter(connection)
        let start = ContinuousClock.now
        try await connection.run("UPDATE account SET full_name = name")
        let took = ContinuousClock.now - start
        // Part of what the backfill's phase does; its time is not counted there either.
        try await connection.run("VACUUM (ANALYZE, TRUNCATE false) account")
        let figures = try await meter.figures(took / .seconds(1), connection)
        try await connection.run("DROP TABLE account")
        await connection.close()
        return figures
    }

    /// From the first batch to the last, as the ledger has it.
    private func backfill(_ parameters: ConnectionParameters, workers: Int) async throws -> Figures {
        let connection = try await table(parameters)
        let expanded = try await Tool.run(Tool.rename(through: "expand"), on: parameters)
        try #require(expanded.status == .exited(0), "\(expanded.text)")
        let meter = try await BackfillMeter(connection)
        let ending = try await Tool.run(Tool.rename(through: "backfill", "--workers", "\(workers)"), on: parameters)
        try #require(ending.status == .exited(0), "\(ending.text)")
        let row = try await connection.run(
            """
            SELECT extract(epoch FROM s.ended_at - s.begun_at)::float8 AS took, l.rows, l.batches, l.busy
            FROM online_change.step AS s
            JOIN (SELECT change_id, position, sum(rows)::bigint AS rows, sum(batches)::bigint AS batches, sum(busy) AS busy
                  FROM online_change.backfill_lane GROUP BY 1, 2) AS l USING (change_id, position)
            ORDER BY s.change_id DESC LIMIT 1
            """
        ).rows[0]
        let written: Int = try row["rows"]
        #expect(written == rows)
        print("  \(try row["batches"] as Int) batches, \(Figures.rounded(try row["busy"])) s of it on the server")
        let figures = try await meter.figures(row["took"], connection)
        let rollback = try await Tool.run(Tool.rollback, on: parameters)
        try #require(rollback.status == .exited(0), "\(rollback.text)")
        try await connection.run("DROP TABLE account")
        await connection.close()
        return figures
    }

    /// The same table each time, its primary key and one more index.
    private func table(_ parameters: ConnectionParameters) async throws -> Connection {
        try await Account.create(rows: rows, on: parameters, indexed: false)
        let connection = try await Connection.open(parameters)
        try await connection.run("CHECKPOINT")
        return connection
    }
}

/// What writing every row of a table cost.
private struct Figures: CustomStringConvertible {
    let seconds: Double
    let wal: Int
    let heap: Double
    let indexes: Double
    let hot: Double

    var description: String {
        "\(Self.rounded(seconds)) s, WAL \(wal >> 20) MB, heap x\(Self.rounded(heap)), "
            + "indexes x\(Self.rounded(indexes)), \(Int(hot * 100)) % HOT"
    }

    static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// Reads sizes before and after.
private struct BackfillMeter {
    private let wal: String
    private let heap: Int
    private let indexes: Int

    init(_ connection: Connection) async throws {
        let row = try await connection.run(Self.sizes).rows[0]
        wal = try row["wal"]
        heap = try row["heap"]
        indexes = try row["indexes"]
    }

    func figures(_ seconds: Double, _ connection: Connection) async throws -> Figures {
        let row = try await connection.run(Self.sizes).rows[0]
        let now: String = try row["wal"]
        // The server's statistics lag a little behind.
        try await eventually { try await self.updates(connection).all > 0 }
        let updates = try await self.updates(connection)
        return Figures(
            seconds: seconds,
            wal: try await connection.value("SELECT pg_wal_lsn_diff(\(now)::pg_lsn, \(wal)::pg_lsn)::bigint"),
            heap: Double(try row["heap"] as Int) / Double(heap),
            indexes: Double(try row["indexes"] as Int) / Double(indexes),
            hot: Double(updates.hot) / Double(updates.all)
        )
    }

    private static let sizes: Query = """
        SELECT pg_current_wal_lsn()::text AS wal, pg_relation_size('account') AS heap, pg_indexes_size('account') AS indexes
        """

    private func updates(_ connection: Connection) async throws -> (hot: Int, all: Int) {
        let row = try await connection.run(
            "SELECT n_tup_hot_upd AS hot, n_tup_upd AS updated FROM pg_stat_user_tables WHERE relname = 'account'"
        ).rows[0]
        return (try row["hot"], try row["updated"])
    }
}
