/// Decides whether the backfill may go on. Pure: signals in, reasons out. What can't be read counts as a reason
/// wherever a limit was asked for.
struct Throttle: Hashable, Sendable {
    /// What was seen of the server.
    struct Signals: Hashable, Sendable {
        /// Whether someone has paused the change.
        var isPaused = false
        /// Bytes that the slowest standby is behind; nil if there is a standby whose lag we may not see.
        var replicationLag: Int? = 0
        /// Sessions that wait for a lock which a session of ours holds.
        var waitersBehindUs = 0
    }

    /// Bytes of lag from which to wait where nothing else was asked for.
    static let defaultLagLimit = 64 << 20

    /// Why to wait; empty to go on.
    static func reasons(_ signals: Signals, controls: Controls) -> [String] {
        var reasons: [String] = []
        if signals.isPaused || controls.isPaused {
            reasons.append("paused")
        }
        switch (signals.replicationLag, controls.lagLimit) {
        case (nil, .some):
            reasons.append("replication lag can't be seen: GRANT pg_monitor to this role")
        case (let lag?, let limit) where lag > limit ?? defaultLagLimit:
            reasons.append("replication lag \(Bytes.text(lag)) is over \(Bytes.text(limit ?? defaultLagLimit))")
        default:
            break
        }
        if signals.waitersBehindUs > 0 {
            reasons.append("\(signals.waitersBehindUs) session(s) wait for a row of ours")
        }
        return reasons
    }
}

/// Sizes as people read them.
enum Bytes {
    /// `512 B`, `64 kB`, `1.5 GB` (powers of 1024, as the server counts).
    static func text(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if abs(value) < 1024 { return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)" }
            value /= 1024
        }
        return "\((value * 10).rounded() / 10) TB"
    }
}
