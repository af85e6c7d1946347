import Postgres

/// The lanes of a backfill in the ledger.
struct BackfillLedger: Sendable {
    let session: Session
    let change: Int
    let position: Int

    /// The lanes that the work begins or goes on with.
    struct Found: Hashable, Sendable {
        var lanes: [BackfillLane] = []
        /// Whether a former run has done some of it.
        var goesOn = false
        /// Relations that are begun anew, because they lie in another file than when their lanes were cut.
        var rewritten: [HeapRelation] = []
    }

    /// The lanes of these relations as they were left, or new ones; those of other relations are forgotten.
    ///
    /// New ones are cut for a relation that has none, or whose file is another than they were cut for: VACUUM FULL,
    /// CLUSTER or a repack moves rows to other blocks. The heap's size now is the upper bound: the triggers are
    /// committed, so later rows are in sync.
    func lanes(of relations: [HeapRelation], stripes: Int) async throws -> Found {
        let known = try await read()
        let found = Self.reconcile(known, with: relations, stripes: stripes)
        try await session.run(
            """
            DELETE FROM online_change.backfill_lane AS l
            WHERE l.change_id = \(change) AND l.position = \(position) AND NOT EXISTS (
              SELECT FROM unnest(\(relations.map(\.oid))::oid[], \(relations.map(\.filenode))::oid[]) AS r(oid, filenode)
              WHERE r.oid = l.relation AND r.filenode = l.filenode)
            """
        )
        try await insert(found.lanes)
        return found
    }

    /// A row of the ledger.
    struct Known: Hashable, Sendable {
        let relation: UInt32
        let filenode: UInt32
        let number: Int
        let order: DiagonalOrder
        let visited: Int
        let isBegun: Bool
    }

    /// What of the ledger still holds, and what must be cut anew.
    static func reconcile(_ known: [Known], with relations: [HeapRelation], stripes: Int) -> Found {
        var found = Found()
        let byRelation = Dictionary(grouping: known, by: \.relation)
        for relation in relations {
            let former = byRelation[relation.oid] ?? []
            let kept = former.filter { $0.filenode == relation.filenode }
            if kept.isEmpty {
                if !former.isEmpty { found.rewritten.append(relation) }
                found.lanes += BackfillLane.cut(relation, stripes: stripes)
                continue
            }
            if kept.contains(where: \.isBegun) { found.goesOn = true }
            found.lanes += kept.sorted { $0.number < $1.number }.map {
                BackfillLane(relation: relation, number: $0.number, order: $0.order, visited: $0.visited)
            }
        }
        return found
    }

    private func read() async throws -> [Known] {
        try await session.run(
            """
            SELECT relation, filenode, number, first_block, end_block, window_blocks, stripes, visited, batches > 0 AS begun
            FROM online_change.backfill_lane WHERE change_id = \(change) AND position = \(position)
            """
        ).rows.map { row in
            let blocks: Range<Int> = try row["first_block"]..<row["end_block"]
            return Known(
                relation: try row["relation"],
                filenode: try row["filenode"],
                number: try row["number"],
                order: DiagonalOrder(blocks: blocks, window: try row["window_blocks"], stripes: try row["stripes"]),
                visited: try row["visited"],
                isBegun: try row["begun"]
            )
        }
    }

    /// Writes lanes down, unless they are there already.
    private func insert(_ lanes: [BackfillLane]) async throws {
        try await session.run(
            """
            INSERT INTO online_change.backfill_lane
              (change_id, position, relation, filenode, number, first_block, end_block, window_blocks, stripes)
            SELECT \(change), \(position), l.*
            FROM unnest(\(lanes.map(\.relation.oid))::oid[], \(lanes.map(\.relation.filenode))::oid[],
                        \(lanes.map(\.number))::int[], \(lanes.map(\.order.blocks.lowerBound))::bigint[],
                        \(lanes.map(\.order.blocks.upperBound))::bigint[], \(lanes.map(\.order.window))::bigint[],
                        \(lanes.map(\.order.stripes))::int[]) AS l
            ON CONFLICT DO NOTHING
            """
        )
    }
}
