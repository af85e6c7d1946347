import Postgres

/// A range of heap blocks that one worker at a time goes through.
struct BlockWindow: Hashable, Sendable {
    /// Its number within the step.
    let number: Int
    /// The first block that is still to be done.
    var next: Int
    /// The block after its last.
    let end: Int

    /// Cuts a heap into windows: few enough to keep in the ledger, small enough to share among workers.
    static func cut(blocks: Int) -> [BlockWindow] {
        guard blocks > 0 else { return [] }
        let size = max(1024, (blocks + 1023) / 1024)
        return stride(from: 0, to: blocks, by: size).enumerated().map { number, first in
            BlockWindow(number: number, next: first, end: min(first + size, blocks))
        }
    }
}

/// Places in the heap.
enum Block {
    /// The rows of the table `t` that lie in a range of blocks: a TID range scan.
    static func condition(_ range: Range<Int>) -> SQL {
        """
        t.ctid >= \(literal: "(\(range.lowerBound),0)")::tid AND t.ctid < \(literal: "(\(range.upperBound),0)")::tid
        """
    }
}
