import Testing

@testable import OnlineChange

struct PaceTests {
    private let start = ContinuousClock.now

    @Test("The rate follows smoothly, and the estimate with it")
    func rate() {
        var pace = Pace()
        let first = pace.progress("backfill", 0, rows: 0, isHeld: false, now: start)
        #expect(first == Progress(activity: "backfill", fraction: 0, rows: 0, rate: 0, remaining: nil))
        let second = pace.progress("backfill", 0.25, rows: 1000, isHeld: false, now: start + .seconds(1))
        #expect(second == Progress(activity: "backfill", fraction: 0.25, rows: 1000, rate: 1000, remaining: 3))
        let third = pace.progress("backfill", 0.5, rows: 3000, isHeld: false, now: start + .seconds(2))
        #expect(third?.rate == 1300)
        #expect(third?.remaining == 2)
    }

    @Test("Time that was held back doesn't count")
    func held() {
        var pace = Pace()
        _ = pace.progress("backfill", 0, rows: 0, isHeld: false, now: start)
        _ = pace.progress("backfill", 0.25, rows: 1000, isHeld: false, now: start + .seconds(1))
        let held = pace.progress("backfill", 0.25, rows: 1000, isHeld: true, now: start + .seconds(60))
        #expect(held?.rate == 1000)
        #expect(held?.remaining == 3)
        #expect(pace.progress("backfill", 0.25, rows: 1000, isHeld: false, now: start + .seconds(60)) == nil)
    }
}
