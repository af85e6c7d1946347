/// How a lost connection is made anew. Pure.
struct ReconnectPolicy: Hashable, Sendable {
    /// How long to keep trying, in seconds.
    var patience = 120.0
    /// How many losses one command takes: what brings the server down each time must not be done for ever.
    var losses = 30

    /// Time to sleep before the next attempt, in seconds; nil to give up.
    func pause(afterAttempt attempt: Int, elapsed: Double) -> Double? {
        elapsed < patience ? min(5, 0.2 * Double(1 << min(attempt, 6))) : nil
    }
}
