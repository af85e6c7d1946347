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
        let controls: Controls
    }

    /// How a batch meets rows that an application has locked.
    enum LockedRows {
        /// Wait for them, for as long as the session's lock_timeout allows.
        case waitedFor
        /// Leave them: an update will heal them, and the verification finds those that no update heals.
        case skipped
    }

    /// Writes the rows of blocks `first ..< end` and moves the window's position to `end`.
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
        return try row.map { Outcome(rows: try $0["moved"], controls: try Controls($0)) }
    }

    private func statement(window: Int, blocks: Range<Int>, locked: LockedRows) -> Query {
        let table = backfill.table
        let fence: SQL = "(SELECT c.epoch FROM online_change.change c WHERE c.id = \(change)) = \(epoch)"
        let range: SQL =
            "t.ctid >= \(literal: "(\(blocks.lowerBound),0)")::tid AND t.ctid < \(literal: "(\(blocks.upperBound),0)")::tid"
        let moved: SQL =
            switch locked {
            case .waitedFor:
                """
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment)
                  WHERE \(range) AND \(fence) AND \(backfill.unsynced) RETURNING 1)
                """
            case .skipped:
                """
                free AS MATERIALIZED (SELECT t.ctid AS online_change_place FROM \(table) AS t
                  WHERE \(range) AND \(fence) AND \(backfill.unsynced) FOR NO KEY UPDATE SKIP LOCKED),
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment) FROM free WHERE t.ctid = free.online_change_place RETURNING 1)
                """
            }
        return """
            WITH \(moved)
            UPDATE online_change.backfill_window w
            SET next_block = \(blocks.upperBound), rows = w.rows + (SELECT count(*) FROM moved), batches = w.batches + 1,
                busy = w.busy + extract(epoch FROM clock_timestamp() - statement_timestamp())
            FROM online_change.change c
            WHERE c.id = \(change) AND c.epoch = \(epoch)
              AND w.change_id = c.id AND w.position = \(position) AND w.number = \(window)
              AND w.next_block = \(blocks.lowerBound) AND w.filenode = pg_relation_filenode(\(tableOID)::oid::regclass)
            RETURNING (SELECT count(*) FROM moved) AS moved, c.paused, c.batch_time, c.workers, c.lag_limit
            """
    }
}
