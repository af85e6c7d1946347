/// Where a counter that only grows (the WAL, transaction numbers) stood at what time. Tells how old a position is. Pure.
struct Timeline: Hashable, Sendable {
    /// More samples than this are thinned out.
    static let capacity = 1024

    private struct Sample: Hashable {
        var time: Double
        var position: Int
    }

    private var samples: [Sample] = []

    /// How old a position is.
    enum Age: Hashable, Sendable {
        /// So many seconds, within the distance of two samples.
        case seconds(Double)
        /// Older than the first sample, which is so old.
        case more(than: Double)
    }

    /// Takes note of where the counter stands, at a time in seconds.
    mutating func add(_ position: Int, at time: Double) {
        if samples.last?.position == position {
            samples[samples.count - 1].time = time
            return
        }
        samples.append(Sample(time: time, position: position))
        guard samples.count > Self.capacity else { return }
        samples = samples.enumerated().filter { $0.offset % 2 == 0 || $0.offset > Self.capacity / 2 }.map(\.element)
    }

    /// How long ago the counter went past a position.
    func age(of position: Int, at now: Double) -> Age {
        guard let first = samples.first, let last = samples.last else { return .more(than: 0) }
        if position >= last.position { return .seconds(0) }
        guard let passed = samples.last(where: { $0.position <= position }) else {
            return .more(than: now - first.time)
        }
        return .seconds(now - passed.time)
    }
}
