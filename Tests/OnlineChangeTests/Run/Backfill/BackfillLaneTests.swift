import Testing

@testable import OnlineChange

struct BackfillLaneTests {
    private func cut(_ blocks: Int) -> [BackfillLane] {
        let relation = HeapRelation(oid: 1, name: Fixture.table, filenode: 2, blocks: blocks)
        return BackfillLane.cut(relation, stripes: 11)
    }

    @Test(
        "Lanes follow each other without gap or overlap to the end",
        arguments: [1, 511, 512, 4095, 4096, 8192, 32767, 32768, 2_000_003, 4_294_967_294]
    )
    func follow(blocks: Int) {
        let lanes = cut(blocks)
        #expect(lanes.map(\.number) == Array(lanes.indices))
        #expect(lanes.first?.order.blocks.lowerBound == 0)
        #expect(lanes.last?.order.blocks.upperBound == blocks)
        #expect(zip(lanes, lanes.dropFirst()).allSatisfy { $0.order.blocks.upperBound == $1.order.blocks.lowerBound })
        #expect(lanes.allSatisfy { !$0.isDone && $0.visited == 0 })
        #expect(lanes.count <= 1024)
        #expect(lanes.reduce(0) { $0 + $1.blocksLeft } == Double(blocks))
    }

    @Test("Four workers have something to do each, and most windows lie as far apart as there are stripes")
    func sizes() {
        #expect(cut(0).isEmpty)
        #expect(cut(511).map(\.order) == [DiagonalOrder(blocks: 0..<511, window: 511, stripes: 1)])
        #expect(cut(512).map(\.order) == [DiagonalOrder(blocks: 0..<512, window: 47, stripes: 11)])
        #expect([4096, 8192, 20_000, 32768, 140_000, 2_000_000].map { cut($0).count } == [2, 4, 4, 8, 9, 123])
        #expect([8192, 20_000, 32768, 2_000_000].map { cut($0)[0].order.window } == [187, 455, 373, 493])
    }

    @Test func done() {
        var lane = cut(512)[0]
        lane.visited = 512 * 11 / 2
        #expect(lane.blocksLeft == 256)
        #expect(!lane.isDone)
        lane.visited = lane.order.length
        #expect(lane.isDone)
    }
}
