import Postgres

/// By which part a backfill's table has grown, 0.3 for 30 %.
struct BackfillGrowth: Hashable, Sendable {
    /// Nil where there was nothing to grow.
    let heap: Double?
    let indexes: Double?

    /// Growth from one size to another; what was empty has not grown.
    static func of(_ before: Int, _ now: Int) -> Double {
        before > 0 ? Double(now) / Double(before) - 1 : 0
    }
}

/// What a table and the server's counters were when its backfill began and ended, in the ledger.
struct BackfillMeasures: Sendable {
    let session: Session
    let change: Int
    let position: Int
    let table: UInt32

    /// Sizes, WAL position and counters as they are now; of a partitioned table, those of its leaves together.
    static func now(_ table: UInt32) -> Query {
        """
        SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::bigint AS heap,
               coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint AS indexes, pg_current_wal_lsn() AS wal,
               coalesce(sum(pg_stat_get_tuples_updated(c.oid)), 0)::bigint AS updated,
               coalesce(sum(pg_stat_get_tuples_hot_updated(c.oid)), 0)::bigint AS hot,
               coalesce(sum(pg_stat_get_dead_tuples(c.oid)), 0)::bigint AS dead
        FROM pg_class c WHERE c.relkind = 'r' AND c.oid IN (
          SELECT \(table)::oid UNION SELECT relid FROM pg_partition_tree(\(table)::oid::regclass) WHERE isleaf)
        """
    }

    /// Writes the beginning down, unless a former run has; of a table that was rewritten the sizes anew.
    func begin(isRewritten: Bool) async throws {
        try await write(
            isEnd: false,
            again: isRewritten ? "DO UPDATE SET heap = excluded.heap, indexes = excluded.indexes" : "DO NOTHING"
        )
    }

    /// Writes the end down; what comes later is not the backfill's.
    func end() async throws {
        try await write(
            isEnd: true,
            again: """
                DO UPDATE SET at = excluded.at, heap = excluded.heap, indexes = excluded.indexes, wal = excluded.wal,
                  updated = excluded.updated, hot = excluded.hot
                """
        )
    }

    private func write(isEnd: Bool, again: SQL) async throws {
        // They are worth no failure: while someone's DDL holds the table, none are written.
        guard let now = try await measured() else { return }
        try await session.run(
            """
            INSERT INTO online_change.backfill_measure (change_id, position, is_end, heap, indexes, wal, updated, hot)
            VALUES (\(change), \(position), \(isEnd), \(now.heap), \(now.indexes), \(now.wal)::pg_lsn,
                    \(now.updated), \(now.hot))
            ON CONFLICT (change_id, position, is_end) \(again)
            """
        )
    }

    /// Adds time that was worked, in seconds.
    func worked(_ seconds: Double) async throws {
        try await session.run(
            """
            UPDATE online_change.backfill_measure SET worked = worked + \(seconds)
            WHERE change_id = \(change) AND position = \(position) AND NOT is_end
            """
        )
    }

    /// How much the table has grown since the beginning; nil if it can't be told just now.
    func growth() async throws -> BackfillGrowth? {
        let begun = try await session.run(
            """
            SELECT heap, indexes FROM online_change.backfill_measure
            WHERE change_id = \(change) AND position = \(position) AND NOT is_end
            """
        ).rows.first
        guard let begun, let now = try await measured() else { return nil }
        return BackfillGrowth(
            heap: BackfillGrowth.of(try begun["heap"], now.heap),
            indexes: BackfillGrowth.of(try begun["indexes"], now.indexes)
        )
    }

    private struct Measured {
        let heap: Int
        let indexes: Int
        let wal: String
        let updated: Int
        let hot: Int
    }

    private func measured() async throws -> Measured? {
        do {
            let row = try await session.run(Self.now(table)).rows[0]
            return Measured(
                heap: try row["heap"],
                indexes: try row["indexes"],
                wal: try row["wal"],
                updated: try row["updated"],
                hot: try row["hot"]
            )
        } catch let error as PostgresError where error.isLockTrouble {
            return nil
        }
    }
}
