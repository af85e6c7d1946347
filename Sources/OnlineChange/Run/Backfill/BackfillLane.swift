/// A part of a heap that one worker at a time goes through.
struct BackfillLane: Hashable, Sendable {
    /// Where its rows are.
    let relation: HeapRelation
    /// Its number within the relation.
    let number: Int
    /// The order of its blocks and stripes.
    let order: DiagonalOrder
    /// The place in that order up to which everything is done.
    var visited = 0

    /// Whether nothing is left to do.
    var isDone: Bool { visited >= order.length }

    /// How many blocks that is of work, whatever the number of stripes.
    var blocksLeft: Double { Double(order.length - visited) / Double(order.stripes) }

    /// Cuts a heap into lanes: few enough to keep in the ledger, enough of them for several workers, and each long
    /// enough for its diagonals.
    static func cut(_ relation: HeapRelation, stripes: Int) -> [BackfillLane] {
        guard relation.blocks > 0 else { return [] }
        let size = parts(relation.blocks, count(relation.blocks))
        return stride(from: 0, to: relation.blocks, by: size).enumerated().map { number, first in
            let blocks = first..<min(first + size, relation.blocks)
            return BackfillLane(relation: relation, number: number, order: order(blocks, of: relation, stripes))
        }
    }

    /// As many as four workers can share; of large heaps more, so that none has long to do when the others have ended.
    private static func count(_ blocks: Int) -> Int {
        switch blocks {
        case ..<4096: 1
        case ..<8192: 2
        case ..<32768: 4
        default: min(1024, max(8, parts(blocks, 16384)))
        }
    }

    private static func order(_ blocks: Range<Int>, of relation: HeapRelation, _ stripes: Int) -> DiagonalOrder {
        // The indexes of so small a table are no burden.
        guard relation.blocks >= 512 else { return DiagonalOrder(blocks: blocks, window: blocks.count, stripes: 1) }
        // A stripe of 500 blocks fills a batch. Where the windows are fewer than the stripes, rows have less time to
        // die between two stripes, and snapshots of other workers' batches still see them.
        let windows = max(parts(blocks.count, 500), min(stripes, blocks.count / 32))
        return DiagonalOrder(blocks: blocks, window: parts(blocks.count, windows), stripes: stripes)
    }

    /// The quotient, rounded up.
    private static func parts(_ whole: Int, _ part: Int) -> Int { (whole + part - 1) / part }
}
