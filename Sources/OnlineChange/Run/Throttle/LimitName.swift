/// The limits that hold a backfill back or set its pace: the one place of their names, units and defaults.
///
/// The raw value is the option's name on the command line and the key in the ledger.
public enum LimitName: String, CaseIterable, Hashable, Sendable {
    case batchTime = "batch-time"
    case batchWAL = "batch-wal"
    case workers
    case maxRate = "max-rate"
    case lag = "lag-limit"
    case lagTime = "lag-time-limit"
    case slotWAL = "slot-limit"
    case checkpoints = "max-checkpoints"
    case activeBackends = "max-active"
    case lockWaiters = "max-waiters"
    case snapshotAge = "max-snapshot-age"
    case commitTime = "max-commit-time"
    case growth = "max-bloat"

    /// What holds where nothing else was asked for. A server that does its ordinary work stays below each.
    public var standard: Limit {
        switch self {
        // Measured: batches of 10 to 100 ms leave an application's p99 where it is.
        case .batchTime: .at(0.025)
        // One WAL segment: more than a batch of 25 ms writes, unless full-page images multiply it.
        case .batchWAL: .at(Double(16 << 20))
        // As many as suit the server, which only a run can tell.
        case .workers: .off
        case .maxRate: .off
        case .lag: .at(Double(64 << 20))
        case .lagTime: .at(10)
        // What four checkpoints' worth of WAL takes under the server's own default of max_wal_size.
        case .slotWAL: .at(Double(4 << 30))
        // One in five seconds: the server itself warns from one in thirty on.
        case .checkpoints: .at(12)
        // Of max_connections: from there on the application runs out of sessions, not of speed.
        case .activeBackends: .share(0.5)
        case .lockWaiters: .at(0)
        // A report may run so long; from there on every updated row is bloat.
        case .snapshotAge: .at(3600)
        // Ten times what a slow disk takes, and less than an application's users notice.
        case .commitTime: .at(0.25)
        // Growth goes away by no waiting: someone must have asked for the stop.
        case .growth: .off
        }
    }

    /// In what it is measured.
    public var unit: LimitUnit {
        switch self {
        case .batchTime, .commitTime: .milliseconds
        case .batchWAL, .lag, .slotWAL: .bytes
        case .workers, .maxRate, .checkpoints, .activeBackends, .lockWaiters: .count
        case .lagTime, .snapshotAge: .seconds
        case .growth: .percent
        }
    }

    /// What it limits, in words for `--help` and `status`.
    public var summary: String {
        switch self {
        case .batchTime: "The time that a batch of the backfill should take."
        case .batchWAL: "The WAL that the server should write during a batch."
        case .workers: "How many batches run at once."
        case .maxRate: "Rows a second, all workers together."
        case .lag: "WAL that the slowest standby has still to replay."
        case .lagTime: "How far behind the slowest standby is in time."
        case .slotWAL: "WAL that a replication slot retains; half of max_slot_wal_keep_size where that is less."
        case .checkpoints: "Checkpoints a minute that the volume of WAL forces."
        case .activeBackends: "Sessions of others that run a statement; with % of max_connections."
        case .lockWaiters: "Sessions that wait for a lock of ours."
        case .snapshotAge: "Age of the oldest snapshot, which keeps dead rows from being reused."
        case .commitTime: "The time that commits of ours take, the median of the last five."
        case .growth: "Growth of heap or indexes since the backfill began."
        }
    }

    /// Whether it can be switched off.
    public var canBeOff: Bool { self != .batchTime && self != .workers }

    /// What it may be, in its own unit.
    private var range: ClosedRange<Double> {
        switch self {
        case .batchTime: 0.001...10
        case .workers: 1...64
        case .lockWaiters, .growth: 0...1_000_000
        case .lag, .slotWAL, .batchWAL: 1024...1e15
        case .checkpoints, .maxRate, .activeBackends: 1...1e9
        case .lagTime, .snapshotAge, .commitTime: 0.001...1e9
        }
    }

    /// Reads a value as people write it.
    ///
    /// - Throws: `Failure.usage` if it is none.
    public func parse(_ text: String) throws(Failure) -> Limit {
        if text == "default" { return standard }
        if text == "off", canBeOff { return .off }
        if let limit = unit.parse(text) {
            switch limit {
            case .at(let number) where range.contains(number): return limit
            case .share(let share) where self == .activeBackends && share > 0: return limit
            case .share(let share) where self == .growth && range.contains(share): return limit
            default: break
            }
        }
        throw Failure(.usage, "--\(rawValue) takes \(expected), not '\(text)'")
    }

    /// What may be given, in words.
    private var expected: String {
        let values =
            switch self {
            case .batchTime: "milliseconds from 1 to 10000"
            case .workers: "a number from 1 to 64"
            case .activeBackends: "a number from 1, or a share of max_connections such as 50%"
            case .lockWaiters: "a number from 0"
            default:
                switch unit {
                case .milliseconds: "milliseconds from 1"
                case .seconds: "a duration such as 30s, 10m or 2h"
                case .bytes: "megabytes from 1, or a size such as 64MB or 4GB"
                case .count: "a number from 1"
                case .percent: "a percentage such as 30%"
                }
            }
        return values + (canBeOff ? ", or off" : "")
    }

    /// A value as people read it.
    public func text(_ limit: Limit) -> String {
        switch limit {
        case .off: "off"
        case .at(let number): unit.text(number)
        case .share(let share): LimitUnit.percent.text(share)
        }
    }
}
