import Postgres

/// The windows of a backfill in the ledger.
struct BackfillLedger: Sendable {
    let session: Session
    let change: Int
    let position: Int
    let tableOID: UInt32

    /// Where windows come from.
    enum Origin: Hashable, Sendable {
        /// Cut just now, or not begun.
        case new
        /// A former run left them.
        case left
        /// Cut anew, because the table's file is another than that of the former ones.
        case void
    }

    /// The windows as they were left, or new ones.
    ///
    /// New ones are cut when there are none, or when the table's file is another than they were cut for: VACUUM FULL,
    /// CLUSTER or a repack moves rows to other blocks. The heap's size now is the upper bound: the triggers are
    /// committed, so later rows are in sync.
    func windows() async throws -> (windows: [BlockWindow], origin: Origin) {
        let rows = try await session.run(
            """
            SELECT number, next_block, end_block, batches > 0 AS begun FROM online_change.backfill_window
            WHERE change_id = \(change) AND position = \(position) AND filenode = pg_relation_filenode(\(tableOID)::oid)
            ORDER BY number
            """
        ).rows
        guard rows.isEmpty else {
            let kept = try rows.map {
                BlockWindow(number: try $0["number"], next: try $0["next_block"], end: try $0["end_block"])
            }
            return (kept, try rows.contains { try $0["begun"] } ? .left : .new)
        }
        let row = try await session.run(
            """
            SELECT pg_relation_filenode(\(tableOID)::oid) AS filenode,
                   pg_relation_size(\(tableOID)::oid) / current_setting('block_size')::int AS blocks
            """
        ).rows[0]
        let filenode: UInt32 = try row["filenode"]
        let windows = BlockWindow.cut(blocks: try row["blocks"])
        let void = try await session.run(
            "DELETE FROM online_change.backfill_window WHERE change_id = \(change) AND position = \(position)"
        )
        try await session.run(
            """
            INSERT INTO online_change.backfill_window (change_id, position, number, filenode, next_block, end_block)
            SELECT \(change), \(position), w.number, \(filenode)::oid, w.first, w.last
            FROM unnest(\(windows.map(\.number))::int[], \(windows.map(\.next))::bigint[], \(windows.map(\.end))::bigint[])
              AS w(number, first, last)
            """
        )
        return (windows, void.affected > 0 ? .void : .new)
    }
}
