import Testing

@testable import OnlineChange

struct RecentLoadTests {
    private let maxWAL = 1 << 30

    @Test("Checkpoints count for a minute")
    func checkpoints() {
        var count = CheckpointCount()
        for second in 0...30 { count.add(requested: second, wal: second * maxWAL / 2, at: Double(second)) }
        #expect(count.count(maxWAL: maxWAL) == 30)
        count.add(requested: 30, wal: 15 * maxWAL, at: 75)
        #expect(count.count(maxWAL: maxWAL) == 15)
        count.add(requested: 30, wal: 15 * maxWAL, at: 200)
        #expect(count.count(maxWAL: maxWAL) == 0)
    }

    @Test("Those that no volume of WAL explains don't count, nor do counters that were reset")
    func otherCheckpoints() {
        var count = CheckpointCount()
        count.add(requested: 100, wal: 0, at: 0)
        count.add(requested: 150, wal: maxWAL / 2, at: 10)
        #expect(count.count(maxWAL: maxWAL) == 2)
        count.add(requested: 3, wal: maxWAL, at: 20)
        #expect(count.count(maxWAL: maxWAL) == 0)
        #expect(CheckpointCount().count(maxWAL: maxWAL) == 0)
    }

    @Test("One commit that stalls is no news, three of five are, and three that don't end it")
    func commits() {
        var latency = CommitLatency()
        latency.add(1)
        latency.add(1)
        #expect(latency.seconds == 0)
        latency.add(0.5)
        #expect(latency.seconds == 1)
        for _ in 1...2 { latency.add(0.01) }
        #expect(latency.seconds == 0.5)
        latency.add(0.01)
        #expect(latency.seconds == 0.01)
        for _ in 1...2 { latency.add(5) }
        #expect(latency.seconds == 0.01)
    }

    @Test("So many rows a second in a simulated run of four workers, and none are made up for after a hold")
    func rate() {
        var rate = RowRate()
        var now = 0.0
        var written = 0
        var steps = 0
        while now < 20 {
            // Ten seconds in which something else holds it back.
            if now >= 5, now < 15 { now = 15 }
            let wait = rate.wait(at: now, rate: 1000)
            if wait > 0 {
                now += min(wait, 0.05)
                continue
            }
            for _ in 1...4 { rate.wrote(50, from: now, rate: 1000) }
            written += 200
            now += 0.02
            steps += 1
        }
        #expect((9500...10_400).contains(written), "\(written) rows in ten seconds")
        #expect(rate.wait(at: now, rate: nil) == 0)
    }

    @Test("A position is as old as the moment at which the counter went past it")
    func timeline() {
        var timeline = Timeline()
        #expect(timeline.age(of: 5, at: 1) == .more(than: 0))
        for second in 0...100 { timeline.add(second * 10, at: Double(second)) }
        #expect(timeline.age(of: 1000, at: 100) == .seconds(0))
        #expect(timeline.age(of: 905, at: 100) == .seconds(10))
        #expect(timeline.age(of: -1, at: 100) == .more(than: 100))
        // Nothing is written for a minute: who has it all is not behind, who hasn't is behind since then.
        timeline.add(1000, at: 160)
        #expect(timeline.age(of: 1000, at: 160) == .seconds(0))
        timeline.add(1001, at: 161)
        #expect(timeline.age(of: 1000, at: 162) == .seconds(2))
    }

    @Test("A day of samples is thinned out, and still tells the age")
    func thinned() {
        var timeline = Timeline()
        for half in 0..<172_800 { timeline.add(half, at: Double(half) / 2) }
        guard case .seconds(let recent) = timeline.age(of: 172_800 - 21, at: 86_400) else {
            return #expect(Bool(false))
        }
        #expect((10...11).contains(recent))
        guard case .seconds(let old) = timeline.age(of: 86_400, at: 86_400) else { return #expect(Bool(false)) }
        #expect((43_200...87_000).contains(old))
    }

    @Test("Each signal holds since it began to, whatever its words")
    func holds() {
        var holds = Holds()
        let lag = { (text: String) in Throttle.Reason(signal: .replicationLag, text: text) }
        #expect(holds.update([lag("70 MB")], at: 10).map(\.seconds) == [0])
        let both = holds.update([lag("80 MB"), .init(signal: .pause, text: "paused")], at: 15)
        #expect(both.map(\.seconds) == [5, 0])
        #expect(both.signals == ["replication-lag", "pause"])
        #expect(holds.update([], at: 20).isEmpty)
        #expect(holds.update([lag("70 MB")], at: 25).map(\.seconds) == [0])
    }
}
