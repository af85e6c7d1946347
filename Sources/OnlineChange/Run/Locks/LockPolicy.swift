/// How strong locks are asked for: how long to wait each time, how long to keep trying, and when not to try at all.
public struct LockPolicy: Hashable, Sendable {
    /// The longest that anyone may have to wait because of us, in milliseconds.
    public var lockTimeout: Int
    /// How long to keep trying before giving up, in seconds.
    public var deadline: Double
    /// The server's `deadlock_timeout` in milliseconds: an autovacuum gives way only to someone who has waited so long.
    public var deadlockTimeout: Int

    /// A policy.
    public init(lockTimeout: Int = 100, deadline: Double = 600, deadlockTimeout: Int = 1000) {
        self.lockTimeout = lockTimeout
        self.deadline = deadline
        self.deadlockTimeout = deadlockTimeout
    }

    /// Whoever queues behind our request waits for our wait and for our work, so the wait gets four fifths of the budget.
    var strongLockWait: Int { max(1, lockTimeout * 4 / 5) }

    /// How long to wait for SHARE UPDATE EXCLUSIVE, which keeps no statement of an application waiting.
    var weakLockWait: Int { deadlockTimeout + 500 }

    /// The longest that waiting for strong locks and working under them may take together, in milliseconds.
    var budget: Int { lockTimeout }

    /// Age in seconds from which a transaction is waited for rather than queued behind: a waiting strong lock stops
    /// every later reader, and one that old is unlikely to end within our timeout.
    var oldTransaction: Double { max(1, Double(lockTimeout) * 2 / 1000) }

    /// Time to sleep after a failed attempt, in seconds: doubling from the lock timeout up to 5 s, spread by `jitter`
    /// (0 to 1) so that two tools don't meet again and again.
    func pause(afterAttempt attempt: Int, jitter: Double) -> Double {
        let base = Double(max(lockTimeout, 20)) / 1000 * 2
        let doubled = base * Double(1 << min(attempt, 10))
        return min(doubled, 5) * (0.5 + jitter)
    }

    /// Time to sleep before looking again whether an old transaction has ended, in seconds.
    func pause(whileBlockedFor seconds: Double) -> Double {
        min(0.5, max(0.05, seconds / 20))
    }
}
