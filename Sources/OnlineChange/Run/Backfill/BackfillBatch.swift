import Postgres

/// The statements of one batch: rows of a piece of a lane and the lane's place, in one transaction and one round trip.
struct BackfillBatch: Sendable {
    let backfill: Backfill
    let change: Int
    let epoch: Int
    let position: Int

    /// What a batch gave.
    struct Outcome: Sendable {
        let rows: Int
        /// The place where the lane stands now.
        let visited: Int
        /// Seconds that the server worked on it, without its commit.
        let seconds: Double
        /// Bytes of WAL that the server wrote meanwhile, whoever for.
        let wal: Int
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

    /// Writes the rows of the piece that comes next and moves the lane's place past it, or leaves it if rows are left
    /// to do.
    ///
    /// - Returns: nil if the batch was fenced off or the table has been rewritten since the lanes were cut; no place
    ///   was moved then.
    func run(
        _ lane: BackfillLane,
        _ piece: DiagonalOrder.Piece,
        locked: LockedRows,
        on session: Session
    ) async throws -> Outcome? {
        let row = try await session.run(statement(lane, piece, locked)).rows.first
        return try row.map {
            Outcome(
                rows: try $0["moved"],
                visited: try $0["visited"],
                seconds: try $0["seconds"],
                wal: try $0["written"],
                controls: try Controls($0)
            )
        }
    }

    private func statement(_ lane: BackfillLane, _ piece: DiagonalOrder.Piece, _ locked: LockedRows) -> Query {
        let relation = lane.relation
        let table = relation.name
        let fence: SQL = "(SELECT c.epoch FROM online_change.change c WHERE c.id = \(change)) = \(epoch)"
        let rows: SQL = "\(place(piece, lane)) AND \(fence) AND \(backfill.unsynced)"
        let end = lane.visited + piece.blocks.count
        var limit: SQL = ""
        var visited: SQL = "\(end)"
        if case .few(let most) = locked {
            limit = "LIMIT \(most)"
            visited = "CASE WHEN (SELECT count(*) FROM moved) < \(most) THEN \(end) ELSE \(lane.visited) END"
        }
        let moved: SQL =
            switch locked {
            case .waitedFor:
                """
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment)
                  WHERE \(rows) RETURNING 1)
                """
            case .skipped, .few:
                """
                free AS MATERIALIZED (SELECT t.ctid AS online_change_place FROM \(table) AS t
                  WHERE \(rows) \(limit)
                  FOR NO KEY UPDATE SKIP LOCKED),
                moved AS (UPDATE \(table) AS t SET \(backfill.assignment) FROM free
                  WHERE t.ctid = free.online_change_place RETURNING 1)
                """
            }
        return """
            WITH begun AS MATERIALIZED (SELECT pg_current_wal_insert_lsn() AS lsn),
            \(moved)
            UPDATE online_change.backfill_lane l
            SET visited = \(visited), rows = l.rows + (SELECT count(*) FROM moved), batches = l.batches + 1,
                busy = l.busy + extract(epoch FROM clock_timestamp() - statement_timestamp()),
                wal = l.wal + pg_wal_lsn_diff(pg_current_wal_insert_lsn(), begun.lsn)
            FROM online_change.change c, begun
            WHERE c.id = \(change) AND c.epoch = \(epoch)
              AND l.change_id = c.id AND l.position = \(position) AND l.number = \(lane.number)
              AND l.relation = \(relation.oid)::oid AND l.filenode = \(relation.filenode)::oid
              AND l.visited = \(lane.visited) AND l.filenode = pg_relation_filenode(\(relation.oid)::oid::regclass)
            RETURNING (SELECT count(*) FROM moved) AS moved, l.visited, c.paused, c.limits::text AS limits,
              extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 AS seconds,
              pg_wal_lsn_diff(pg_current_wal_insert_lsn(), begun.lsn)::bigint AS written
            """
    }

    private func place(_ piece: DiagonalOrder.Piece, _ lane: BackfillLane) -> SQL {
        let blocks = Block.condition(piece.blocks)
        guard lane.order.stripes > 1 else { return blocks }
        return "\(blocks) AND \(backfill.striping.condition("\(piece.stripe)", of: lane.order.stripes))"
    }
}
