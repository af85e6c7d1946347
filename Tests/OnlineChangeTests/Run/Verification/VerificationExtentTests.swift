import Foundation
import Testing

@testable import OnlineChange

/// Ranges that end in any order, and what of them a killed pass may rely on.
struct VerificationExtentTests {
    @Test func rangesFollowEachOther() {
        var extent = VerificationExtent(blocks: 25)
        #expect(extent.take(10) == 0..<10)
        #expect(extent.take(0) == 10..<11)
        #expect(extent.take(100) == 11..<25)
        #expect(extent.take(1) == nil)
        #expect(!extent.hasMore)
        #expect(!extent.isDone)
    }

    @Test func emptyRelationIsDone() {
        var extent = VerificationExtent(blocks: 0)
        #expect(extent.isDone)
        #expect(extent.take(8) == nil)
    }

    @Test func onlyWhatHasNoGapBeforeItIsDone() {
        var extent = VerificationExtent(blocks: 30)
        let ranges = (0..<3).compactMap { _ in extent.take(10) }
        extent.finish(ranges[2], found(rows: 300, key: "c"))
        #expect(extent.done == 0)
        #expect(extent.result.rows == 0)
        #expect(extent.read == (10, 300))
        extent.finish(ranges[0], found(rows: 100, key: "a"))
        #expect(extent.done == 10)
        #expect(extent.result.rows == 100)
        #expect(extent.read == (20, 400))
        extent.finish(ranges[1], found(rows: 200, key: "b"))
        #expect(extent.isDone)
        #expect(extent.result.rows == 600)
        #expect(extent.result.keys == ["a", "b", "c"])
    }

    @Test func goesOnAfterWhatIsDone() throws {
        var extent = VerificationExtent(blocks: 30)
        let ranges = (0..<3).compactMap { _ in extent.take(10) }
        extent.finish(ranges[0], found(rows: 100, key: "a"))
        extent.finish(ranges[2], found(rows: 300, key: "c"))
        var restored = try JSONDecoder().decode(VerificationExtent.self, from: JSONEncoder().encode(extent))
        #expect(restored.done == 10)
        #expect(restored.result.rows == 100)
        let rest = restored.take(100) ?? 0..<0
        #expect(rest == 10..<30)
        restored.finish(rest, found(rows: 500, key: "b"))
        #expect(restored.isDone)
        #expect(restored.result.rows == 600)
    }

    private func found(rows: Int, key: String) -> VerificationResult {
        var result = VerificationResult()
        result.rows = rows
        result.keys = [key]
        return result
    }
}
