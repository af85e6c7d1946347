/// The order in which a part of the heap is gone through: stripe by stripe, in diagonals.
///
/// The blocks are cut into windows. A cell is one stripe of one window, and cells come in this order, the window
/// falling as the stripe rises: (0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2) … So some windows lie between two
/// stripes of one window, which gives the rows that the first has left time to die before the second comes.
///
/// Places count visited blocks, a block once for each stripe. Pure: a place says all that is needed to go on.
struct DiagonalOrder: Hashable, Sendable {
    /// The blocks to be visited.
    let blocks: Range<Int>
    /// Blocks of a window; the last one may have fewer.
    let window: Int
    /// How often each block is visited.
    let stripes: Int

    /// A part of a cell: what one batch may take.
    struct Piece: Hashable, Sendable {
        let blocks: Range<Int>
        let stripe: Int
    }

    /// The place after the last one.
    var length: Int { blocks.count * stripes }

    private var windows: Int { (blocks.count + window - 1) / window }

    /// What comes at a place: so many blocks of a cell at most, and no leftover of a few at its end.
    ///
    /// - Returns: nil behind the end.
    func piece(at place: Int, limit: Int) -> Piece? {
        guard (0..<length).contains(place) else { return nil }
        var rest = place
        for diagonal in 0..<(windows + stripes - 1) {
            let oldest = max(0, diagonal - stripes + 1)
            let newest = min(diagonal, windows - 1)
            let size = start(of: newest + 1) - start(of: oldest)
            guard rest >= size else { return piece(diagonal, from: newest, at: rest, limit: limit) }
            rest -= size
        }
        return nil
    }

    private func piece(_ diagonal: Int, from newest: Int, at place: Int, limit: Int) -> Piece? {
        var rest = place
        for number in stride(from: newest, through: 0, by: -1) {
            let cell = start(of: number)..<start(of: number + 1)
            guard rest >= cell.count else {
                let left = cell.count - rest
                let parts = (left + limit - 1) / max(1, limit)
                let first = blocks.lowerBound + cell.lowerBound + rest
                return Piece(blocks: first..<(first + (left + parts - 1) / parts), stripe: diagonal - number)
            }
            rest -= cell.count
        }
        return nil
    }

    /// The first block of a window, counted from the first of all.
    private func start(of window: Int) -> Int { min(window * self.window, blocks.count) }
}
