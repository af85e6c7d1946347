import Oracles
import Postgres

/// The table of the benchmark, with the integer that becomes a bigint.
struct BenchTable: Sendable {
    /// In words.
    let name: String
    let rows: Int
    /// The column `id` and what else there is besides `amount` and `city`.
    var columns: SQL = "id bigint PRIMARY KEY, filler text"
    /// What the row of number `g` holds in them.
    var values: SQL = "g, repeat('x', 76)"
    var options: SQL = ""
    /// Statements that follow the rows.
    var indexes: [SQL] = ["CREATE INDEX ON entry (city)"]
    /// The order in which rows are written.
    var order: SQL = "g"

    /// Rows of about 140 bytes, a primary key and one more index.
    static func ordinary(rows: Int) -> BenchTable {
        BenchTable(name: "ordinary", rows: rows)
    }

    /// A fresh one, with nothing else for the server to do.
    func create(on parameters: ConnectionParameters) async throws -> Connection {
        let connection = try await Connection.open(parameters)
        try await connection.run("DROP TABLE IF EXISTS entry")
        try await connection.run(Query("CREATE TABLE entry (amount integer, city text, \(columns)) \(options)"))
        try await connection.run(
            """
            INSERT INTO entry SELECT g % 1000000, 'city ' || g % 1000, \(values)
            FROM generate_series(1, \(rows)::int) AS g ORDER BY \(order)
            """
        )
        for index in indexes { try await connection.run(Query(index)) }
        try await connection.run("VACUUM ANALYZE entry")
        try await connection.run("CHECKPOINT")
        return connection
    }

    /// Tables of about so many bytes, each of which asks something else of the backfill.
    static func shapes(bytes: Int) -> [BenchTable] {
        [
            BenchTable(name: "140 bytes a row, 2 indexes", rows: bytes / 150),
            BenchTable(name: "36 bytes a row", rows: bytes / 52, columns: "id int PRIMARY KEY", values: "g"),
            BenchTable(name: "5 rows a page", rows: bytes / 1630, values: "g, repeat('x', 1540)"),
            BenchTable(
                name: "TOASTed column of 8 kB",
                rows: bytes / 150,
                values: """
                    g, CASE WHEN g % 20 = 0 THEN (SELECT string_agg(md5((g + n)::text), '') FROM generate_series(1, 256) n)
                            ELSE repeat('x', 76) END
                    """
            ),
            BenchTable(name: "fillfactor 90", rows: bytes / 150, options: "WITH (fillfactor = 90)"),
            BenchTable(name: "fillfactor 70", rows: bytes / 150, options: "WITH (fillfactor = 70)"),
            BenchTable(name: "no index", rows: bytes / 150, columns: "id bigint, filler text", indexes: []),
            BenchTable(
                name: "10 indexes",
                rows: bytes / 150,
                indexes: (1...9).map { "CREATE INDEX ON entry ((id + \($0)), city)" }
            ),
            BenchTable(
                name: "uuid as key",
                rows: bytes / 150,
                columns: "id uuid PRIMARY KEY, filler text",
                values: "gen_random_uuid(), repeat('x', 68)"
            ),
            BenchTable(name: "key in random order", rows: bytes / 150, order: "hashint4(g)"),
        ]
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
            indexes: Double(try row["indexes"] as Int) / Double(max(1, indexes)),
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
