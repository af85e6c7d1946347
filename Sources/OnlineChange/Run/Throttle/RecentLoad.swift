/// How often the volume of WAL has made the server checkpoint in the last minute. Pure.
///
/// The server counts as requested also what CREATE DATABASE, a base backup or someone's CHECKPOINT ask for; those are no
/// sign of load. A volume of max_wal_size makes about two checkpoints, so no more than four are believed of it.
struct CheckpointCount: Hashable, Sendable {
    private struct Sample: Hashable {
        let time: Double
        let requested: Int
        let wal: Int
    }

    private var samples: [Sample] = []

    /// Takes note of the server's counters at a time in seconds.
    mutating func add(requested: Int, wal: Int, at time: Double) {
        // Counters that were reset begin anew.
        if let last = samples.last, requested < last.requested { samples = [] }
        samples.append(Sample(time: time, requested: requested, wal: wal))
        while samples.count > 1, samples[1].time <= time - 60 { samples.removeFirst() }
    }

    /// Checkpoints within the last minute.
    func count(maxWAL: Int) -> Int {
        guard let first = samples.first, let last = samples.last else { return 0 }
        let plausible = ((last.wal - first.wal) * 4 + maxWAL - 1) / max(1, maxWAL)
        return max(0, min(last.requested - first.requested, plausible))
    }
}

/// How long our own commits take: the median of the last five, so that one or two that stall are no news. Pure.
struct CommitLatency: Hashable, Sendable {
    private var last: [Double] = []

    /// Takes note of a commit, in seconds.
    mutating func add(_ seconds: Double) {
        last = last.suffix(4) + [seconds]
    }

    /// Seconds; zero before there were three.
    var seconds: Double { last.count < 3 ? 0 : last.sorted()[(last.count - 1) / 2] }
}

/// Spreads rows over time: so many a second, whoever writes them. Pure.
struct RowRate: Hashable, Sendable {
    private var free = 0.0

    /// Takes note of rows that a batch wrote which began at a time in seconds.
    mutating func wrote(_ rows: Int, from start: Double, rate: Double?) {
        free = rate.map { max(free, start) + Double(rows) / $0 } ?? 0
    }

    /// Seconds until the next batch may begin.
    func wait(at now: Double, rate: Double?) -> Double { rate == nil ? 0 : max(0, free - now) }
}
