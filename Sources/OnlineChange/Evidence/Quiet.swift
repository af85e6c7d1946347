/// How long no old release has written, as far as our triggers can tell.
struct Quiet: Hashable, Sendable {
    /// Seconds since the last such write, or since swap if none came; nil before swap, and where writes aren't counted.
    let seconds: Double?
    /// Why that can't be told.
    let problem: String?

    init(_ writes: [Evidence.Writes], swappedAgo: Double?) {
        let problems = writes.compactMap { write in write.problem.map { "\(write.table).\(write.column): \($0)" } }
        problem = problems.first ?? (swappedAgo == nil ? "swap has not been reached" : nil)
        guard problem == nil, let swappedAgo else {
            seconds = nil
            return
        }
        seconds = writes.compactMap(\.secondsAgo).min() ?? swappedAgo
    }

    /// How long it must still stay so; nil if it has been quiet for long enough, or nobody can tell.
    func missing(of required: Double) -> Double? {
        seconds.flatMap { $0 < required ? required - $0 : nil }
    }
}

/// What is asked of a change before the legacy column is dropped.
public struct QuietDemand: Hashable, Sendable {
    /// For how long no write may have come through the legacy column alone, in seconds.
    public let seconds: Double
    /// Whether drop goes on all the same, with a line in the audit trail.
    public let isForced: Bool

    /// A demand.
    public init(seconds: Double, isForced: Bool = false) {
        self.seconds = seconds
        self.isForced = isForced
    }
}
