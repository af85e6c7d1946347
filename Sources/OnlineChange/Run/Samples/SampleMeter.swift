/// Makes samples of counters that only grow. Pure.
struct SampleMeter: Sendable {
    /// What the work has come to at some moment, since it began or was taken up again.
    struct Counters: Hashable, Sendable {
        var rows = 0
        var batches = 0
        var busy = 0.0
        /// Where the server's WAL ends.
        var wal = 0
        var fraction = 0.0
        var workers = 0
        var lagBytes: Int?
        var lagSeconds: Double?
        /// Signals that hold the work back.
        var held: [String] = []

        /// With what a look at the server gave.
        func seeing(_ look: Throttle.Look?) -> Counters {
            guard let look else { return self }
            var counters = self
            counters.wal = look.wal
            if look.signals.lag.holder != nil {
                counters.lagBytes = look.signals.lag.value.map { Int($0) }
                counters.lagSeconds = look.signals.lagTime.value
            }
            return counters
        }
    }

    private let activity: Sample.Activity
    private let position: Int
    private var last: (counters: Counters, time: Double)?
    private var worked = 0.0
    private var lastTime: Double?
    /// What held the work back at the last note, and the last thing that has since the last sample.
    private var isHeld = false
    private var held: [String] = []

    init(_ activity: Sample.Activity, position: Int) {
        self.activity = activity
        self.position = position
    }

    /// Takes note of the counters at a time in seconds.
    ///
    /// - Parameter isEnd: whether no more follow, so that what there is must do.
    /// - Returns: a sample once a second, and every ten while nothing moves.
    mutating func note(_ counters: Counters, at now: Double, isEnd: Bool = false) -> Sample? {
        guard let last, let lastTime else {
            last = (counters, now)
            lastTime = now
            isHeld = !counters.held.isEmpty
            return nil
        }
        // What a note says holds from then on, until the next one.
        if !isHeld { worked += now - lastTime }
        self.lastTime = now
        isHeld = !counters.held.isEmpty
        if isHeld { held = counters.held }
        let isStill =
            !counters.held.isEmpty && counters.held == last.counters.held && counters.rows == last.counters.rows
        let span = now - last.time
        guard span >= (isStill ? 9.9 : 0.9) || isEnd && span > 0 else { return nil }
        defer {
            self.last = (counters, now)
            worked = 0
            held = []
        }
        return Sample(
            activity: activity,
            position: position,
            at: 0,
            span: span,
            worked: min(worked, span),
            rows: max(0, counters.rows - last.counters.rows),
            batches: max(0, counters.batches - last.counters.batches),
            busy: max(0, counters.busy - last.counters.busy),
            wal: last.counters.wal > 0 ? max(0, counters.wal - last.counters.wal) : 0,
            fraction: counters.fraction,
            workers: counters.workers,
            lagBytes: counters.lagBytes,
            lagSeconds: counters.lagSeconds,
            held: held.isEmpty ? nil : held.joined(separator: ", ")
        )
    }
}
