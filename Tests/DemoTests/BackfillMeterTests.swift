import Testing

@testable import OnlineChange
@testable import online_change

/// The rate must be that of the copying alone.
struct BackfillMeterTests {
    @Test func onlyCopiedRowsCount() {
        let meter = BackfillMeter()
        let step = "copy name into full_name"
        meter.hear(.stepStarted(title: step))
        meter.hear(.progress(Progress(activity: "backfill", fraction: 0.5, rows: 500, rate: 9_000)))
        meter.hear(.progress(Progress(activity: "backfill", fraction: 1, rows: 1_000, rate: 9_000)))
        #expect(meter.rate == nil)
        meter.hear(.stepFinished(title: step, seconds: 4, waited: 0, retries: 0))
        #expect(meter.rate == 250)
        meter.hear(.stepStarted(title: "compare"))
        meter.hear(.progress(Progress(activity: "compare", fraction: 1, rows: 1_000, rate: 9_000)))
        meter.hear(.stepFinished(title: "compare", seconds: 1, waited: 0, retries: 0))
        #expect(meter.rate == 250)
    }

    @Test func emptyTableHasNoRate() {
        let meter = BackfillMeter()
        meter.hear(.stepStarted(title: "copy"))
        meter.hear(.progress(Progress(activity: "backfill", fraction: 1, rows: 0, rate: 0)))
        meter.hear(.stepFinished(title: "copy", seconds: 0.1, waited: 0, retries: 0))
        #expect(meter.rate == nil)
    }
}
