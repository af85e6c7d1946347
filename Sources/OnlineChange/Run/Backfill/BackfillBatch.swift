import Postgres

/// The statements of one batch: the rows of a range of blocks and the position, in one transaction and one round trip.
struct BackfillBatch: Sendable {
    let backfill: Backfill
    let tableOID: UInt32
    let change: Int
    let epoch: Int
    let position: Int

    /// What a batch gave.
    struct Outcome: Sendable {
        let rows: Int
        /// Where the window stands now.
        let next: Int
        let controls: Controls
    }

    /// How a batch meets rows that an application has locked.
    enum LockedRows {
        /// Wait for them, for as long as the session's lock_timeout allows.
        case waitedFor
        /// Leave them: an update will heal them, and the verification finds those that no update heals.
        case skipped
        /// The same, and no more rows than this: for blocks that take too long as a whole.
        case few(Int)
    }

    /// Writes the rows of some blocks and moves the window's position past them, or leaves it if rows are left to do.
    ///
    /// - Returns: nil if the batch was fenced off or the table has been rewritten since the windows were cut; no
    ///   position was moved then.
    func run(
        window: Int,
        blocks: Range<Int>,
        locked: LockedRows,
        on session: Session
    ) async throws -> Outcome? {
        let row = try await session.run(statement(window: window, blocks: blocks, locked: locked)).rows.first
        return try row.map { Outcome(rows: try $0["moved"], next: try $0["next_block"], controls: try Controls($0)) }
    }

    private func statement(window: Int, blocks: Range<Int>, locked: LockedRows) -> Query {
        let table = backfill.table
        let fence: SQL = "(SELECT c.epoch FROM online_change.change c WHERE c.id = \(change)) = \(epoch)"
        let range = Block.condition(blocks)
        var limit: SQL = ""
        var position: SQL = "\(blocks.upperBound)"
        if case .few(let rows) = locked {
            limit = "LIMIT \(rows)"
            position =
                "CASE WHEN (SELECT count(*) FROM moved) < \(rows) THEN \(blocks.upperBound) ELSE \(blocks.lowerBound) END"
        }
        let moved: SQL =
            switch locked {
            case .waitedFor:
                """
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment)
                  WHERE \(range) AND \(fence) AND \(backfill.unsynced) RETURNING 1)
                """
            case .skipped, .few:
                """
                free AS MATERIALIZED (SELECT t.ctid AS online_change_place FROM \(table) AS t
                  WHERE \(range) AND \(fence) AND \(backfill.unsynced) \(limit)
                  FOR NO KEY UPDATE SKIP LOCKED),
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment) FROM free
                  WHERE t.ctid = free.online_change_place RETURNING 1)
                """
            }
        return """
            WITH \(moved)
            UPDATE online_change.backfill_window w
            SET next_block = \(position), rows = w.rows + (SELECT count(*) FROM moved), batches = w.batches + 1,
                busy = w.busy + extract(epoch FROM clock_timestamp() - statement_timestamp())
            FROM online_change.change c
            WHERE c.id = \(change) AND c.epoch = \(epoch)
              AND w.change_id = c.id AND w.position = \(self.position) AND w.number = \(window)
              AND w.next_block = \(blocks.lowerBound) AND w.filenode = pg_relation_filenode(\(tableOID)::oid::regclass)
            RETURNING (SELECT count(*) FROM moved) AS moved, w.next_block, c.paused, c.batch_time, c.workers, c.lag_limit
            """
    }
}
