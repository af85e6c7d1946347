import Testing

@testable import OnlineChange

struct EstimateTests {
    /// Samples of a second each, with these parts done in them.
    private func samples(_ parts: [Double], worked: Double = 1) -> [Sample] {
        var fraction = 0.0
        return parts.enumerated().map { place, part in
            fraction += part
            var sample = SampleResolutionTests.sample(at: Double(place), rows: Int(part * 10_000), fraction: fraction)
            sample.worked = worked
            return sample
        }
    }

    @Test("At a steady pace the time left is known, and the range says nothing more")
    func steady() throws {
        let estimate = try #require(Estimate(samples(Array(repeating: 0.01, count: 21)), fraction: 0.21))
        #expect(
            abs(estimate.seconds - 79) < 0.001 && abs(estimate.least - 79) < 0.001 && abs(estimate.most - 79) < 0.001
        )
        #expect(abs(estimate.rate - 100) < 0.001)
        #expect(estimate.text == "1 min 19 s")
    }

    @Test("The less even the pace, the wider the range; the mean stays")
    func uneven() throws {
        let parts = (0..<60).map { $0 / 10 % 2 == 0 ? 0.004 : 0.006 }
        let estimate = try #require(Estimate(samples([0] + parts), fraction: 0.3))
        #expect(abs(estimate.seconds - 140) < 0.001)
        #expect(estimate.least < 125 && estimate.most > 160)
        #expect(estimate.text == "about 2 min 20 s (\(Seconds.text(estimate.least)) to \(Seconds.text(estimate.most)))")
    }

    @Test(
        "Rather no figure than nonsense",
        arguments: [
            [], [0.01], [0.01, 0.01, 0.01], Array(repeating: 0, count: 30), [0, 0, 0, 0, 0.2, 0, 0, 0],
        ]
    )
    func noTelling(parts: [Double]) {
        #expect(Estimate(samples(parts), fraction: parts.reduce(0, +)) == nil)
    }

    @Test("Time that was held back doesn't count, nor what was before a long stop or a new beginning")
    func onlyWork() throws {
        var all = samples(Array(repeating: 0.01, count: 11))
        var held = try #require(all.last)
        for second in 11..<40 {
            held.at = Double(second)
            held.worked = 0
            held.rows = 0
            all.append(held)
        }
        #expect(abs(try #require(Estimate(all, fraction: 0.11)).seconds - 89) < 0.001)
        all.append(SampleResolutionTests.sample(at: 200, fraction: 0.12))
        #expect(Estimate(all, fraction: 0.12) == nil)
        let again = samples([0.5, 0.4]) + samples(Array(repeating: 0.01, count: 9))
        #expect(abs(try #require(Estimate(again, fraction: 0.09)).seconds - 91) < 0.001)
    }
}
