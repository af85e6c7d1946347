/// Turns counts into a rate and an estimate of the time left. Time that was held back doesn't count.
struct Pace: Sendable {
    private var lastTime: ContinuousClock.Instant?
    private var lastRows = 0
    private var lastFraction = 0.0
    private var rowRate: Double?
    private var fractionRate: Double?

    init() {}

    /// The progress at this moment; nil if too little time has passed to tell more than the last time.
    mutating func progress(
        _ activity: String,
        _ fraction: Double,
        rows: Int,
        isHeld: Bool,
        now: ContinuousClock.Instant = .now
    ) -> Progress? {
        defer {
            lastTime = now
            lastRows = rows
            lastFraction = fraction
        }
        if let lastTime, !isHeld {
            let seconds = (now - lastTime).seconds
            guard seconds > 0 else { return nil }
            rowRate = Self.smoothed(rowRate, Double(rows - lastRows) / seconds)
            fractionRate = Self.smoothed(fractionRate, (fraction - lastFraction) / seconds)
        }
        let remaining = fractionRate.flatMap { $0 > 0 ? (1 - fraction) / $0 : nil }
        return Progress(
            activity: activity,
            fraction: fraction,
            rows: rows,
            rate: max(0, rowRate ?? 0),
            remaining: remaining
        )
    }

    private static func smoothed(_ old: Double?, _ new: Double) -> Double {
        old.map { $0 * 0.7 + new * 0.3 } ?? new
    }
}
