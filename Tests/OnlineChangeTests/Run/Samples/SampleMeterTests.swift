import Testing

@testable import OnlineChange

struct SampleMeterTests {
    private typealias Counters = SampleMeter.Counters

    @Test("A sample a second has what came since the last one")
    func differences() throws {
        var meter = SampleMeter(.backfill, position: 2)
        let early = [
            meter.note(Counters(rows: 100, batches: 4, busy: 0.1, wal: 1000), at: 0),
            meter.note(Counters(rows: 150, batches: 6, busy: 0.2, wal: 1100), at: 0.5),
        ]
        #expect(early == [nil, nil])
        let made = meter.note(Counters(rows: 300, batches: 8, busy: 0.4, wal: 1500, fraction: 0.3, workers: 2), at: 1)
        let sample = try #require(made)
        #expect(sample.rows == 200 && sample.batches == 4 && sample.wal == 500)
        #expect(sample.span == 1 && sample.worked == 1 && sample.fraction == 0.3 && sample.workers == 2)
        #expect(sample.rate == 200)
        #expect(abs((sample.batchTime ?? 0) - 0.075) < 1e-9)
        #expect(sample.held == nil)
    }

    @Test("Time that was held back isn't worked, and while nothing moves ten seconds make one sample")
    func held() {
        var meter = SampleMeter(.backfill, position: 2)
        var samples: [Sample] = []
        for second in 0...60 {
            let counters = Counters(rows: 100, held: ["replication-lag", "pause"])
            if let sample = meter.note(counters, at: Double(second)) { samples.append(sample) }
        }
        #expect(samples.count == 6)
        #expect(samples.allSatisfy { $0.worked == 0 && $0.rate == nil && $0.held == "replication-lag, pause" })
        #expect(samples.reduce(0) { $0 + $1.span } >= 50)
    }

    @Test("A short hold is seen in its sample, though it is over when that is made")
    func shortHold() {
        var meter = SampleMeter(.backfill, position: 2)
        var samples: [Sample] = []
        for half in 0...8 {
            let counters = Counters(rows: min(half, 2) * 100, held: (2...5).contains(half) ? ["pause"] : [])
            if let sample = meter.note(counters, at: Double(half) / 2) { samples.append(sample) }
        }
        #expect(samples.map(\.held) == ["pause", "pause", nil])
        #expect(samples.map(\.worked) == [1, 0, 1])
        #expect(samples.map(\.span) == [1, 2, 1])
    }

    @Test("Counters that begin anew count as nothing, and what is left at the end is told")
    func ends() {
        var meter = SampleMeter(.compare, position: 0)
        _ = meter.note(Counters(rows: 900, batches: 9), at: 0)
        let anew = meter.note(Counters(rows: 10, batches: 1), at: 1)
        #expect(anew?.rows == 0 && anew?.batches == 0)
        _ = meter.note(Counters(rows: 20, batches: 2), at: 1.2)
        let last = meter.note(Counters(rows: 30, batches: 3), at: 1.3, isEnd: true)
        #expect(last?.rows == 20)
    }
}
