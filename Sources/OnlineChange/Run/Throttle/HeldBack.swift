import Foundation

/// What holds a backfill back, and for how long it has.
public struct HeldBack: Codable, Hashable, Sendable {
    /// The signal's name, such as `replication-lag`.
    public var signal: String
    /// What it is, against which limit, in words.
    public var reason: String
    /// Seconds since it first did so without a break.
    public var seconds: Double
    /// When that was, as the server writes it.
    public var since: String?

    /// `replication lag 70 MB … (for 12 s, since 14:03:05)`.
    public var text: String {
        "\(reason), for \(Seconds.text(seconds))" + (since.map { ", since \($0)" } ?? "")
    }
}

/// Remembers since when each signal holds. Pure.
struct Holds: Hashable, Sendable {
    private var since: [Throttle.Signal: Double] = [:]

    /// Takes note of the reasons that there are now, at a time in seconds.
    mutating func update(_ reasons: [Throttle.Reason], at now: Double) -> [HeldBack] {
        let signals = Set(reasons.map(\.signal))
        since = since.filter { signals.contains($0.key) }
        return reasons.map { reason in
            let start = since[reason.signal] ?? now
            since[reason.signal] = start
            return HeldBack(signal: reason.signal.rawValue, reason: reason.text, seconds: now - start)
        }
    }
}

extension [HeldBack] {
    /// The reasons alone.
    var reasons: [String] { map(\.reason) }

    /// Which signals these are, whatever their values.
    var signals: [String] { map(\.signal) }

    /// As the ledger stores them.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
