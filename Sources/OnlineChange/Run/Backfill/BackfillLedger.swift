import Postgres

/// The windows of a backfill in the ledger.
struct BackfillLedger: Sendable {
    let session: Session
    let change: Int
    let position: Int
    let tableOID: UInt32

    /// How far the windows are.
    struct Sum: Hashable, Sendable {
        var blocks = 0
        var doneBlocks = 0
        var rows = 0
        var batches = 0
    }

    /// The windows as they were left, or new ones.
    ///
    /// New ones are cut when there are none, or when the table's file is another than they were cut for: VACUUM FULL,
    /// CLUSTER or a repack moves rows to other blocks. The heap's size now is the upper bound: the triggers are
    /// committed, so later rows are in sync.
    ///
    /// - Returns: the windows, and whether they were there already.
    func windows() async throws -> (windows: [BlockWindow], areLeftover: Bool) {
        let kept = try await session.run(
            """
            SELECT number, next_block, end_block FROM online_change.backfill_window
            WHERE change_id = \(change) AND position = \(position) AND filenode = pg_relation_filenode(\(tableOID)::oid)
            ORDER BY number
            """
        ).rows.map { BlockWindow(number: try $0["number"], next: try $0["next_block"], end: try $0["end_block"]) }
        guard kept.isEmpty else { return (kept, true) }
        let row = try await session.run(
            """
            SELECT pg_relation_filenode(\(tableOID)::oid) AS filenode,
                   pg_relation_size(\(tableOID)::oid) / current_setting('block_size')::int AS blocks
            """
        ).rows[0]
        let filenode: UInt32 = try row["filenode"]
        let windows = BlockWindow.cut(blocks: try row["blocks"])
        try await session.run(
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
        return (windows, false)
    }

    /// Forgets the windows, so that the next look cuts new ones.
    func forget() async throws {
        try await session.run(
            "DELETE FROM online_change.backfill_window WHERE change_id = \(change) AND position = \(position)"
        )
    }
}
