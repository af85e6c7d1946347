/// How long statements took, kept in 32 buckets for each doubling: percentiles are exact to about 3 percent.
public struct LatencyHistogram: Hashable, Sendable {
    private static let subdivision = 32
    private var counts: [Int] = []
    /// How many statements were measured.
    public private(set) var count = 0
    /// The longest.
    public private(set) var maximum: Duration = .zero
    /// When the longest ended; nil before the first.
    public private(set) var maximumAt: ContinuousClock.Instant?

    /// An empty histogram.
    public init() {}

    /// The time within which a share of the statements ended, rounded up; zero before the first.
    ///
    /// - Parameter share: From 0 to 1: 0.99 for p99.
    public func percentile(_ share: Double) -> Duration {
        let rank = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return min(.microseconds(Self.upperBound(of: bucket)), maximum) }
        }
        return maximum
    }

    /// Takes a statement in.
    public mutating func add(_ duration: Duration, endedAt instant: ContinuousClock.Instant) {
        let (seconds, attoseconds) = duration.components
        let bucket = Self.bucket(of: max(0, Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)))
        grow(to: bucket + 1)
        counts[bucket] += 1
        count += 1
        raiseMaximum(to: duration, at: instant)
    }

    /// Takes in what another has measured.
    public mutating func add(_ other: LatencyHistogram) {
        grow(to: other.counts.count)
        for (bucket, count) in other.counts.enumerated() { counts[bucket] += count }
        count += other.count
        if let instant = other.maximumAt { raiseMaximum(to: other.maximum, at: instant) }
    }

    private mutating func raiseMaximum(to duration: Duration, at instant: ContinuousClock.Instant) {
        guard maximumAt == nil || duration > maximum else { return }
        maximum = duration
        maximumAt = instant
    }

    private mutating func grow(to size: Int) {
        if counts.count < size { counts += Array(repeating: 0, count: size - counts.count) }
    }

    // Below two subdivisions a bucket is a microsecond wide, then each doubling has buckets twice as wide.
    private static func bucket(of microseconds: Int) -> Int {
        guard microseconds >= subdivision * 2 else { return microseconds }
        let shift = Int.bitWidth - 1 - microseconds.leadingZeroBitCount - subdivision.trailingZeroBitCount
        return shift * subdivision + microseconds >> shift
    }

    private static func upperBound(of bucket: Int) -> Int {
        guard bucket >= subdivision * 2 else { return bucket }
        let shift = bucket / subdivision - 1
        return (bucket - shift * subdivision + 1) << shift - 1
    }
}
