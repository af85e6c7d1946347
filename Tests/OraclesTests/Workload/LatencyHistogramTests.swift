import Testing

@testable import Oracles

struct LatencyHistogramTests {
    @Test func percentilesAreWithinThreePercent() {
        var histogram = LatencyHistogram()
        let now = ContinuousClock().now
        for milliseconds in 1...1_000 { histogram.add(.milliseconds(milliseconds), endedAt: now) }
        for share in [0.01, 0.5, 0.9, 0.99] {
            let exact = share * 1_000
            let found = histogram.percentile(share) / .milliseconds(1)
            #expect(found >= exact && found <= exact * 1.032, "\(share): \(found)")
        }
        #expect(histogram.percentile(1) == .seconds(1))
    }

    @Test func sumKeepsLongestWithItsTime() {
        var one = LatencyHistogram()
        var other = LatencyHistogram()
        let early = ContinuousClock().now
        let late = early + .seconds(5)
        one.add(.milliseconds(3), endedAt: early)
        other.add(.milliseconds(9), endedAt: late)
        one.add(other)
        #expect(one.count == 2)
        #expect(one.maximum == .milliseconds(9))
        #expect(one.maximumAt == late)
    }

    @Test func emptyHistogramHasZeroes() {
        #expect(LatencyHistogram().percentile(0.99) == .zero)
        #expect(LatencyHistogram().maximumAt == nil)
    }
}
