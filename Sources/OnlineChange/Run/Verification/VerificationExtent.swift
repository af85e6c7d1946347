/// How much of a relation has been compared, and what was found in it. Pure.
///
/// Workers take ranges of blocks and end them in any order; what counts as done is the part before the first block that
/// someone still reads, so that a pass which is killed goes on there and counts no row twice.
struct VerificationExtent: Codable, Hashable, Sendable {
    /// Blocks to be read.
    let blocks: Int
    /// Every block before this one has been compared.
    private(set) var done = 0
    /// What was found in them.
    private(set) var result = VerificationResult()
    /// Blocks from here on nobody has taken.
    private var next = 0
    private var ended: [Int: Ended] = [:]

    private struct Ended: Hashable {
        let end: Int
        let result: VerificationResult
    }

    private enum CodingKeys: CodingKey {
        case blocks, done, result
    }

    init(blocks: Int) {
        self.blocks = blocks
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        blocks = try values.decode(Int.self, forKey: .blocks)
        done = try values.decode(Int.self, forKey: .done)
        result = try values.decode(VerificationResult.self, forKey: .result)
        next = done
    }

    /// Whether all of it has been compared.
    var isDone: Bool { done >= blocks }

    /// Whether something is left to take.
    var hasMore: Bool { next < blocks }

    /// Blocks that have been compared, and rows, whatever their order.
    var read: (blocks: Int, rows: Int) {
        ended.reduce((done, result.rows)) { ($0.0 + $1.value.end - $1.key, $0.1 + $1.value.result.rows) }
    }

    /// The next blocks, so many at most; nil if there are none.
    mutating func take(_ limit: Int) -> Range<Int>? {
        guard hasMore else { return nil }
        let range = next..<min(blocks, next + max(1, limit))
        next = range.upperBound
        return range
    }

    /// Takes note of what was found in a range that had been taken.
    mutating func finish(_ range: Range<Int>, _ found: VerificationResult) {
        ended[range.lowerBound] = Ended(end: range.upperBound, result: found)
        while let first = ended.removeValue(forKey: done) {
            result.add(first.result)
            done = first.end
        }
    }
}
