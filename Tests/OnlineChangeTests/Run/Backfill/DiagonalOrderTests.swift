import Testing

@testable import OnlineChange

struct DiagonalOrderTests {
    private struct Visit: Hashable {
        let block: Int
        let stripe: Int
    }

    private static let orders = [
        DiagonalOrder(blocks: 0..<1, window: 500, stripes: 1),
        DiagonalOrder(blocks: 7..<8, window: 1, stripes: 11),
        DiagonalOrder(blocks: 0..<30, window: 500, stripes: 11),
        DiagonalOrder(blocks: 100..<120, window: 10, stripes: 3),
        DiagonalOrder(blocks: 100..<123, window: 10, stripes: 3),
        DiagonalOrder(blocks: 5..<60, window: 5, stripes: 4),
        DiagonalOrder(blocks: 0..<41, window: 2, stripes: 11),
        DiagonalOrder(blocks: 0..<41, window: 41, stripes: 1),
    ]

    /// Everything that is left from a place on, in batches of so many blocks.
    private func visits(_ order: DiagonalOrder, from place: Int = 0, limit: Int) -> [Visit] {
        var place = place
        var visits: [Visit] = []
        while let piece = order.piece(at: place, limit: limit) {
            #expect((1...limit).contains(piece.blocks.count))
            visits += piece.blocks.map { Visit(block: $0, stripe: piece.stripe) }
            place += piece.blocks.count
        }
        #expect(place == order.length)
        return visits
    }

    @Test("Every stripe of every block comes exactly once", arguments: orders, [1, 2, 7, 10_000])
    func complete(order: DiagonalOrder, limit: Int) {
        let visits = visits(order, limit: limit)
        #expect(visits.count == order.blocks.count * order.stripes)
        #expect(Set(visits).count == visits.count)
        #expect(visits.allSatisfy { order.blocks.contains($0.block) && (0..<order.stripes).contains($0.stripe) })
    }

    @Test("From any place on, whatever the size of the batches, comes what was left", arguments: orders)
    func resumes(order: DiagonalOrder) {
        let all = visits(order, limit: 1)
        for place in 0...order.length {
            #expect(visits(order, from: place, limit: 3) == Array(all[place...]))
        }
    }

    @Test("A block's stripes come one after another, with other windows in between", arguments: orders)
    func diagonal(order: DiagonalOrder) {
        let visits = visits(order, limit: 1)
        for block in order.blocks {
            #expect(visits.filter { $0.block == block }.map(\.stripe) == Array(0..<order.stripes))
        }
    }

    @Test func cells() {
        let order = DiagonalOrder(blocks: 100..<125, window: 10, stripes: 3)
        var place = 0
        var cells: [String] = []
        while let piece = order.piece(at: place, limit: 10) {
            cells.append("\(piece.blocks.lowerBound)-\(piece.blocks.upperBound)/\(piece.stripe)")
            place += piece.blocks.count
        }
        #expect(
            cells == [
                "100-110/0", "110-120/0", "100-110/1", "120-125/0", "110-120/1", "100-110/2", "120-125/1",
                "110-120/2", "120-125/2",
            ]
        )
    }

    @Test("A cell is divided evenly, and there is nothing behind the end")
    func pieces() {
        let order = DiagonalOrder(blocks: 0..<20, window: 10, stripes: 2)
        #expect(order.piece(at: 0, limit: 9)?.blocks == 0..<5)
        #expect(order.piece(at: 5, limit: 9)?.blocks == 5..<10)
        #expect(order.piece(at: 39, limit: 9)?.blocks == 19..<20)
        #expect(order.piece(at: 40, limit: 9) == nil)
        #expect(order.piece(at: -1, limit: 9) == nil)
        #expect(DiagonalOrder(blocks: 0..<0, window: 1, stripes: 3).piece(at: 0, limit: 1) == nil)
    }
}
