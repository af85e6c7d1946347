import Oracles
import Postgres

/// The table of the benchmark: rows of about 140 bytes, a primary key and one more index, and the integer that becomes
/// a bigint.
enum BenchTable {
    /// A fresh one, with nothing else for the server to do.
    static func create(rows: Int, on parameters: ConnectionParameters) async throws -> Connection {
        let connection = try await Connection.open(parameters)
        try await connection.run("DROP TABLE IF EXISTS entry")
        try await connection.run(
            """
            CREATE TABLE entry (id bigint PRIMARY KEY, amount integer, city text, filler text)
            """
        )
        try await connection.run(
            """
            INSERT INTO entry SELECT g, g % 1000000, 'city ' || g % 1000, repeat('x', 76)
            FROM generate_series(1, \(rows)::int) AS g
            """
        )
        try await connection.run("CREATE INDEX entry_city ON entry (city)")
        try await connection.run("VACUUM ANALYZE entry")
        try await connection.run("CHECKPOINT")
        return connection
    }
}

/// What writing every row of a table cost the server.
struct Footprint: Codable, Sendable {
    /// Bytes of WAL.
    var wal: Int
    /// The heap's size against that before.
    var heap: Double
    /// The same of the indexes.
    var indexes: Double
    /// The share of updates that stayed in their page; nil if there were none.
    var hot: Double?
}

/// Reads sizes before and after.
struct FootprintMeter {
    private let wal: String
    private let heap: Int
    private let indexes: Int
    private let updates: (hot: Int, all: Int)

    init(_ connection: Connection) async throws {
        let row = try await connection.run(Self.sizes).rows[0]
        wal = try row["wal"]
        heap = try row["heap"]
        indexes = try row["indexes"]
        updates = try await Self.updates(connection)
    }

    func footprint(_ connection: Connection) async throws -> Footprint {
        let row = try await connection.run(Self.sizes).rows[0]
        let now: String = try row["wal"]
        // The server's statistics lag a little behind.
        try await Task.sleep(for: .seconds(1))
        let updates = try await Self.updates(connection)
        let written = updates.all - self.updates.all
        return Footprint(
            wal: try await connection.value("SELECT pg_wal_lsn_diff(\(now)::pg_lsn, \(wal)::pg_lsn)::bigint"),
            heap: Double(try row["heap"] as Int) / Double(heap),
            indexes: Double(try row["indexes"] as Int) / Double(indexes),
            hot: written > 0 ? Double(updates.hot - self.updates.hot) / Double(written) : nil
        )
    }

    private static let sizes: Query = """
        SELECT pg_current_wal_lsn()::text AS wal, pg_relation_size('entry') AS heap, pg_indexes_size('entry') AS indexes
        """

    private static func updates(_ connection: Connection) async throws -> (hot: Int, all: Int) {
        let row = try await connection.run(
            "SELECT n_tup_hot_upd AS hot, n_tup_upd AS updated FROM pg_stat_user_tables WHERE relname = 'entry'"
        ).rows[0]
        return (try row["hot"], try row["updated"])
    }
}
