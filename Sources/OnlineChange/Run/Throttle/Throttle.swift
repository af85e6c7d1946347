/// Decides whether the backfill may go on. Pure: signals in, reasons out. What can't be read counts as a reason for as
/// long as its limit is on.
enum Throttle {
    /// What can hold a backfill back.
    enum Signal: String, CaseIterable, Codable, Hashable, Sendable {
        case pause
        case hours
        case replicationLag = "replication-lag"
        case replicationDelay = "replication-delay"
        case slotWAL = "slot-wal"
        case checkpoints
        case activeBackends = "active-backends"
        case lockWaiters = "lock-waiters"
        case oldestSnapshot = "oldest-snapshot"
        case commitLatency = "commit-latency"
        case growth
        case throttleQuery = "throttle-query"
    }

    /// A signal that is beyond its limit, in words.
    struct Reason: Hashable, Sendable {
        let signal: Signal
        let text: String
    }

    /// What was read of one thing, and of whom.
    struct Reading: Hashable, Sendable {
        /// Nil if it can't be seen.
        var value: Double?
        /// Whose value it is.
        var holder: String?

        static let nothing = Reading(value: 0)
    }

    /// What the user's query gave.
    enum Answer: Hashable, Sendable {
        case goOn
        case wait
        /// NULL, an error, or what is neither boolean nor number.
        case unusable(String)
    }

    /// What was seen of the server; by default nothing that is in the way.
    struct Signals: Hashable, Sendable {
        /// The minute of the day in the time zone of the hours; nil if it can't be told.
        var minute: Int? = 0
        /// Whether commits wait for a synchronous standby and none is connected.
        var lacksSynchronousStandby = false
        var lag = Reading.nothing
        var lagTime = Reading.nothing
        var slotWAL = Reading.nothing
        /// Bytes that a slot may retain before it is lost; nil if there is no such limit.
        var slotKeep: Double?
        var checkpoints = Reading.nothing
        /// Active ones and those that can't be seen.
        var activeBackends = Reading.nothing
        var unseenBackends = 0
        var maxConnections = 100.0
        var lockWaiters = Reading.nothing
        var snapshot = Reading.nothing
        var commitTime = Reading.nothing
        /// The part by which heap and indexes have grown.
        var heapGrowth = Reading.nothing
        var indexGrowth = Reading.nothing
        /// Nil if nothing is asked.
        var answer: Answer?
    }

    /// What holds back work that only reads: it makes no dead rows.
    static let forReading = Set(Signal.allCases).subtracting([.growth, .oldestSnapshot, .commitLatency, .checkpoints])

    /// Why to wait; empty to go on.
    static func reasons(
        _ signals: Signals,
        controls: Controls,
        among considered: Set<Signal> = Set(Signal.allCases)
    ) -> [Reason] {
        var judge = Judge(limits: controls.limits)
        if controls.isPaused { judge.hold(.pause, "paused") }
        judge.hours(signals.minute)
        judge.synchronousStandby(signals)
        judge.compare(.replicationLag, .lag, "replication lag", signals.lag)
        judge.compare(.replicationDelay, .lagTime, "replication delay", signals.lagTime)
        judge.slot(signals)
        judge.compare(.checkpoints, .checkpoints, "checkpoints forced by WAL in the last minute:", signals.checkpoints)
        judge.active(signals)
        judge.compare(.lockWaiters, .lockWaiters, "sessions that wait for a lock of ours:", signals.lockWaiters)
        judge.compare(.oldestSnapshot, .snapshotAge, "age of the oldest snapshot", signals.snapshot)
        judge.compare(.commitLatency, .commitTime, "our commits take", signals.commitTime)
        judge.growth("the heap", signals.heapGrowth)
        judge.growth("the indexes", signals.indexGrowth)
        judge.answer(signals.answer)
        return judge.reasons.filter { considered.contains($0.signal) }
    }
}

/// Collects the reasons.
private struct Judge {
    let limits: Limits
    var reasons: [Throttle.Reason] = []

    mutating func hold(_ signal: Throttle.Signal, _ text: String) {
        reasons.append(Throttle.Reason(signal: signal, text: text))
    }

    mutating func hours(_ minute: Int?) {
        guard let hours = limits.hours, hours != .always else { return }
        guard let minute else {
            return hold(.hours, "the time in '\(hours.zone ?? "the server's zone")' can't be told (--only)")
        }
        if !hours.contains(minute) {
            hold(.hours, "works only \(hours.text), and it is \(Hours.clock(minute)) (--only)")
        }
    }

    /// Holds if a reading is above its limit, or can't be seen.
    mutating func compare(
        _ signal: Throttle.Signal,
        _ name: LimitName,
        _ what: String,
        _ reading: Throttle.Reading,
        bound given: Double? = nil
    ) {
        guard let bound = given ?? limits[name].number else { return }
        guard let value = reading.value else { return hold(signal, unseen(what, name)) }
        guard value > bound else { return }
        let whose = reading.holder.map { " (\($0))" } ?? ""
        hold(signal, "\(what) \(name.unit.text(value))\(whose), limit \(name.unit.text(bound)) (--\(name.rawValue))")
    }

    mutating func synchronousStandby(_ signals: Throttle.Signals) {
        guard signals.lacksSynchronousStandby, limits[.lag].number != nil else { return }
        hold(.replicationLag, "\(Throttle.noSynchronousStandby) (--\(LimitName.lag.rawValue))")
    }

    mutating func slot(_ signals: Throttle.Signals) {
        guard let asked = limits[.slotWAL].number else { return }
        // Beyond its keep size the server gives a slot up, and whoever reads it must begin anew.
        let bound = min(asked, signals.slotKeep.map { $0 / 2 } ?? asked)
        compare(.slotWAL, .slotWAL, "WAL retained by a slot:", signals.slotWAL, bound: bound)
    }

    mutating func active(_ signals: Throttle.Signals) {
        guard let bound = limits[.activeBackends].bound(of: signals.maxConnections) else { return }
        let what =
            signals.unseenBackends > 0
            ? "sessions that are active or, \(signals.unseenBackends) of them, can't be seen without pg_monitor:"
            : "active sessions:"
        compare(.activeBackends, .activeBackends, what, signals.activeBackends, bound: bound)
    }

    mutating func growth(_ what: String, _ reading: Throttle.Reading) {
        guard case .share(let bound) = limits[.growth] else { return }
        let name = LimitName.growth
        guard let value = reading.value else { return hold(.growth, unseen("the growth of \(what)", name)) }
        guard value > bound else { return }
        hold(
            .growth,
            "\(what) grew by \(name.unit.text(value)), limit \(name.unit.text(bound)) (--\(name.rawValue); it won't shrink)"
        )
    }

    mutating func answer(_ answer: Throttle.Answer?) {
        guard let query = limits.probe else { return }
        switch answer {
        case .goOn: break
        case .wait: hold(.throttleQuery, "the query says so: \(query.prefix(80)) (--throttle-query)")
        case .unusable(let why): hold(.throttleQuery, "the query gives no answer: \(why) (--throttle-query)")
        case nil: hold(.throttleQuery, "the query was not asked yet (--throttle-query)")
        }
    }

    private func unseen(_ what: String, _ name: LimitName) -> String {
        "\(what) can't be seen: GRANT pg_monitor to this role, or --\(name.rawValue) off"
    }
}
