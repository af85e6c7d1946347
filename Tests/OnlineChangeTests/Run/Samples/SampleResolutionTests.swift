import Testing

@testable import OnlineChange

struct SampleResolutionTests {
    @Test("Each resolution lasts until the next coarser one has had time to fill, and the coarsest a month")
    func reach() {
        let all = SampleResolution.all
        for (finer, coarser) in zip(all, all.dropFirst()) {
            #expect(coarser.seconds % finer.seconds == 0)
            #expect(finer.seconds * finer.slots > coarser.seconds)
        }
        #expect(all.last.map { $0.seconds * $0.slots } ?? 0 > 31 * 86400)
    }

    @Test("A part of time has the slot of the part that lies a whole round before it, and no other")
    func slots() {
        for resolution in SampleResolution.all {
            let round = Double(resolution.seconds * resolution.slots)
            let start = 1_800_000_000.0
            #expect(resolution.slot(at: start) == resolution.slot(at: start + round))
            let times = stride(from: start, to: start + round, by: Double(resolution.seconds))
            #expect(Set(times.map(resolution.slot)).count == resolution.slots)
            #expect(times.map(resolution.slot).allSatisfy { (0..<resolution.slots).contains($0) })
        }
    }

    @Test("A day in one series: every second of it once, the last minutes fine and the rest coarser")
    func joined() {
        var rings: [SampleResolution: [Int: Sample]] = [:]
        let start = 1_800_000_007.0
        let day = 86_400
        for second in 1...day {
            let time = start + Double(second)
            for resolution in SampleResolution.all {
                let slot = resolution.slot(at: time)
                let sample = Self.sample(at: time)
                let former = rings[resolution]?[slot]
                let isSame = former.map { resolution.part(at: $0.at) == resolution.part(at: time) } ?? false
                rings[resolution, default: [:]][slot] = isSame ? former?.merged(with: sample) : sample
            }
        }
        let series = SampleSeries.joined(rings.mapValues { Array($0.values) })
        #expect(series.reduce(0) { $0 + $1.rows } == 10 * day)
        #expect(series.first?.at == start + 1)
        #expect(zip(series, series.dropFirst()).allSatisfy { $0.at < $1.at })
        #expect(series.suffix(90).allSatisfy { $0.span == 1 })
        #expect(series.count < SampleResolution.most)
        #expect(series.first?.span ?? 0 > 500)
    }

    @Test("What has lasted for a minute is all there by the second, whatever part of a coarser one it began in")
    func short() {
        let samples = (0..<60).map { Self.sample(at: 1_800_007_100 + Double($0)) }
        var rings: [SampleResolution: [Sample]] = [:]
        for resolution in SampleResolution.all {
            rings[resolution] = Dictionary(grouping: samples) { resolution.part(at: $0.at) }.values.map { parts in
                parts.dropFirst().reduce(parts[0]) { $0.merged(with: $1) }
            }
        }
        #expect(SampleSeries.joined(rings) == samples)
        #expect(SampleSeries.joined([:]) == [])
    }

    static func sample(at time: Double, rows: Int = 10, fraction: Double = 0) -> Sample {
        Sample(
            activity: .backfill,
            position: 2,
            at: time,
            span: 1,
            worked: 1,
            rows: rows,
            batches: 40,
            busy: 0.9,
            wal: 1000,
            fraction: fraction,
            workers: 1
        )
    }
}
