import Testing

@testable import OnlineChange

struct BlockWindowTests {
    @Test("Windows follow each other without gap or overlap to the end", arguments: [1, 1023, 1024, 1025, 2_000_000])
    func cut(blocks: Int) {
        let windows = BlockWindow.cut(blocks: blocks)
        #expect(windows.map(\.number) == Array(windows.indices))
        #expect(windows.first?.next == 0)
        #expect(windows.last?.end == blocks)
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.end == $1.next })
        #expect(windows.allSatisfy { $0.next < $0.end })
        #expect(windows.count <= 1024)
    }

    @Test func sizes() {
        #expect(BlockWindow.cut(blocks: 0).isEmpty)
        #expect(BlockWindow.cut(blocks: 1024).count == 1)
        #expect(BlockWindow.cut(blocks: 1025).count == 2)
        #expect(BlockWindow.cut(blocks: 2_000_000).map { $0.end - $0.next }.max() == 1954)
    }
}
