import Postgres

/// Places in the heap.
enum Block {
    /// The rows of the table `t` that lie in a range of blocks: a TID range scan.
    static func condition(_ range: Range<Int>) -> SQL {
        """
        t.ctid >= \(literal: "(\(range.lowerBound),0)")::tid AND t.ctid < \(literal: "(\(range.upperBound),0)")::tid
        """
    }
}
