/// How long work will take yet, with what its pace of late allows to say. Time in which it is held back comes on top. Pure.
public struct Estimate: Encodable, Hashable, Sendable {
    /// Seconds left at the pace of the last minute.
    public let seconds: Double
    /// Seconds left if it is as fast as may be expected.
    public let least: Double
    /// Seconds left if it is as slow.
    public let most: Double
    /// Rows a second of the last minute.
    public let rate: Double

    /// The estimate; nil while there is too little to go by, or it is too uneven to tell.
    ///
    /// The pace of each sixth of the last minute that was worked is one measurement; two standard errors of their mean to
    /// each side are what may be expected.
    ///
    /// - Parameters:
    ///   - samples: of one step, the oldest first.
    ///   - fraction: the part that is done now.
    init?(_ samples: [Sample], fraction: Double) {
        var parts: [Part] = []
        for (before, sample) in zip(samples, samples.dropFirst()) {
            // A table that was rewritten meanwhile is begun anew, and after a long pause the server may be another.
            if sample.fraction < before.fraction || sample.at - before.at > Self.longestGap {
                parts = []
                continue
            }
            guard sample.worked > 0 else { continue }
            parts.append(
                Part(done: max(0, sample.fraction - before.fraction), worked: sample.worked, rows: sample.rows)
            )
        }
        parts = parts.suffix(Self.window)
        guard parts.count >= Self.fewest else { return nil }
        let whole = parts.reduce(Part.none) { $0 + $1 }
        let size = (parts.count + Self.groups - 1) / Self.groups
        let paces = stride(from: 0, to: parts.count, by: size).map { start in
            parts[start..<min(start + size, parts.count)].reduce(Part.none) { $0 + $1 }.pace
        }
        let mean = whole.pace
        let variance = paces.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(paces.count - 1)
        let error = 2 * (variance / Double(paces.count)).squareRoot()
        guard mean > 0, error < mean * Self.mostUneven else { return nil }
        let left = max(0, 1 - fraction)
        seconds = left / mean
        least = left / (mean + error)
        most = left / (mean - error)
        rate = Double(whole.rows) / whole.worked
    }

    init(seconds: Double, least: Double, most: Double, rate: Double) {
        self.seconds = seconds
        self.least = least
        self.most = most
        self.rate = rate
    }

    private struct Part {
        var done: Double
        var worked: Double
        var rows: Int

        static let none = Part(done: 0, worked: 0, rows: 0)
        var pace: Double { worked > 0 ? done / worked : 0 }

        static func + (one: Part, other: Part) -> Part {
            Part(done: one.done + other.done, worked: one.worked + other.worked, rows: one.rows + other.rows)
        }
    }

    /// Samples, of a second each, that are looked at.
    private static let window = 60
    private static let groups = 6
    private static let fewest = 3
    /// Seconds without a sample after which what was before tells nothing.
    private static let longestGap = 60.0
    /// The part by which the mean may be uncertain.
    private static let mostUneven = 0.6

    /// `about 3 min 20 s (3 min 0 s to 4 min 10 s)`; without the range where it says the same.
    var text: String {
        let (low, middle, high) = (Seconds.text(least), Seconds.text(seconds), Seconds.text(most))
        return low == high ? middle : "about \(middle) (\(low) to \(high))"
    }
}
