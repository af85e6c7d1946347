/// How much of a backfill's relations is done, in blocks. Pure.
struct BackfillExtent: Hashable, Sendable {
    private var parts: [UInt32: Part] = [:]

    private struct Part: Hashable {
        var blocks = 0.0
        var left = 0.0
    }

    init(_ lanes: [BackfillLane]) {
        for lane in lanes {
            parts[lane.relation.oid, default: Part()].blocks += Double(lane.order.blocks.count)
            parts[lane.relation.oid, default: Part()].left += lane.blocksLeft
        }
    }

    /// Takes note of work done on a relation.
    mutating func advance(_ relation: HeapRelation, blocks: Double) {
        parts[relation.oid]?.left -= blocks
    }

    /// The part of everything that is done, 0 to 1.
    var done: Double { Self.done(parts.values) }

    /// The part of a relation that is done, 0 to 1.
    func done(of relation: HeapRelation) -> Double {
        Self.done(parts[relation.oid].map { [$0] } ?? [])
    }

    private static func done(_ parts: some Sequence<Part>) -> Double {
        let (blocks, left) = parts.reduce((0, 0)) { ($0.0 + $1.blocks, $0.1 + $1.left) }
        return blocks == 0 ? 1 : min(1, max(0, 1 - left / blocks))
    }
}
