import Postgres

/// What the ledger and the server's statistics say of a backfill.
struct BackfillPosition: Equatable, Sendable {
    /// The place that each lane has reached.
    var visited: [Int]
    /// Rows written by batches that committed.
    var rows: Int
    var batches: Int
    var isComplete: Bool

    /// The position of the only change there is; nil before the lanes are cut.
    static func read(_ connection: Connection) async throws -> BackfillPosition? {
        guard try await connection.value("SELECT to_regclass('online_change.backfill_lane') IS NOT NULL") as Bool
        else {
            return nil
        }
        let row = try await connection.run(
            """
            SELECT coalesce(array_to_string(array_agg(visited ORDER BY relation, number), ' '), '') AS visited,
                   coalesce(sum(rows), 0)::bigint AS rows, coalesce(sum(batches), 0)::bigint AS batches,
                   coalesce(bool_and(visited = stripes * (end_block - first_block)), false) AS complete
            FROM online_change.backfill_lane
            """
        ).rows[0]
        let visited: String = try row["visited"]
        guard !visited.isEmpty else { return nil }
        return BackfillPosition(
            visited: visited.split(separator: " ").compactMap { Int($0) },
            rows: try row["rows"],
            batches: try row["batches"],
            isComplete: try row["complete"]
        )
    }

    /// Whether no lane of this position is behind the other's.
    func isAtOrAfter(_ other: BackfillPosition) -> Bool {
        visited.count == other.visited.count && rows >= other.rows
            && zip(visited, other.visited).allSatisfy { $0 >= $1 }
    }
}

/// Waits until no session of the tool's is left in the database.
func sessionsEnd(on connection: Connection, within limit: Duration = .seconds(10)) async throws -> Bool {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < limit {
        let sessions: Int = try await connection.value(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'online-change' AND pid <> pg_backend_pid()
            """
        )
        if sessions == 0 { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
