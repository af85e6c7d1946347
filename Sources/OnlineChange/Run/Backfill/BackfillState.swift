/// What the workers of a backfill share: lanes to be taken, progress, controls, and whether to hold still.
actor BackfillState {
    private var free: [BackfillLane]
    private var taken = 0
    private var extent: BackfillExtent
    private var schedule = VacuumSchedule()
    private var vacuumed: HeapRelation?
    private(set) var rows = 0
    private(set) var skippedBatches = 0
    private(set) var batches = 0
    /// Seconds that batches took, all workers' together.
    private(set) var busy = 0.0
    private(set) var controls: Controls
    private let suitedWorkers: Int
    /// Why to hold still, by name of the signal.
    private var heldBack: [String] = []
    private var lastLook = ContinuousClock.now
    private var rate = RowRate()
    private let start = ContinuousClock.now
    /// What keeps a worker from getting further, in words.
    private(set) var obstacle: String?
    private(set) var failure: (any Error)?
    private(set) var isFenced = false
    private var running = 0
    private var backends: [Int] = []

    /// - Parameter suitedWorkers: how many work where the controls name no number.
    init(lanes: [BackfillLane], controls: Controls, suitedWorkers: Int) {
        self.suitedWorkers = suitedWorkers
        free = lanes.filter { !$0.isDone }
        extent = BackfillExtent(lanes)
        self.controls = controls
        // Nothing is written before the first look.
        heldBack = ["not looked yet"]
        for lane in lanes {
            schedule.begin(lane.relation, done: extent.done(of: lane.relation))
        }
    }

    /// Whether nothing is left to take or to finish.
    private var isDone: Bool { free.isEmpty && taken == 0 }

    /// Whether nobody works on it any more and nobody will.
    var isOver: Bool { (isDone || isFenced && running == 0) && vacuumed == nil }

    /// The part that is done, 0 to 1.
    var fraction: Double { extent.done }

    /// Server processes of the workers.
    var workerBackends: [Int] { backends }

    private var mostWorkers: Int { controls.limits.workers ?? suitedWorkers }

    /// Whether another worker should begin.
    var wantsWorker: Bool { !free.isEmpty && running < mostWorkers && failure == nil && !isFenced }

    func workerBegins() {
        running += 1
    }

    func workerConnected(_ backend: Int) {
        backends.append(backend)
    }

    func workerEnds(_ backend: Int?, error: (any Error)?) {
        running -= 1
        if let backend { backends.removeAll { $0 == backend } }
        if failure == nil { failure = error }
    }

    /// The next lane for a worker; nil if there is none or there are workers enough without it.
    func take() -> BackfillLane? {
        guard failure == nil, !isFenced, running <= mostWorkers, !free.isEmpty else { return nil }
        taken += 1
        return free.removeFirst()
    }

    /// Gives a lane back, finished or not.
    func giveBack(_ lane: BackfillLane) {
        taken -= 1
        if !lane.isDone { free.insert(lane, at: 0) }
    }

    /// Takes note of a batch: where its lane stands now, and the work that was done, in blocks.
    func batchDone(_ lane: BackfillLane, rows: Int, work: Double, skippedLocked: Bool, controls: Controls) {
        self.rows += rows
        extent.advance(lane.relation, blocks: work)
        if skippedLocked { skippedBatches += 1 }
        schedule.advance(lane.relation, done: extent.done(of: lane.relation))
        adopt(controls)
    }

    /// A relation that is to be vacuumed now, one at a time; nil if there is none or the work is about to end.
    func takeVacuum() -> HeapRelation? {
        guard vacuumed == nil, !isDone, !mustStop else { return nil }
        vacuumed = schedule.take()
        return vacuumed
    }

    func vacuumEnds() {
        vacuumed = nil
    }

    /// What is waited for when every row is written, in words.
    var lastVacuum: String? { isDone ? vacuumed.map { "vacuum of \($0.name)" } : nil }

    func adopt(_ controls: Controls) {
        self.controls = controls
        let pause = Throttle.Signal.pause.rawValue
        if controls.isPaused, !heldBack.contains(pause) { heldBack.append(pause) }
    }

    /// Seconds until the next batch may begin without too many rows a second.
    var untilNextBatch: Double {
        rate.wait(at: (ContinuousClock.now - start).seconds, rate: controls.limits[.maxRate].number)
    }

    /// Takes note of the rows that a batch wrote.
    func wrote(_ rows: Int, since: ContinuousClock.Instant) {
        batches += 1
        busy += (ContinuousClock.now - since).seconds
        rate.wrote(rows, from: (since - start).seconds, rate: controls.limits[.maxRate].number)
    }

    /// What it has come to since this run of it began.
    func counters(_ held: [HeldBack], _ look: Throttle.Look?) -> SampleMeter.Counters {
        SampleMeter.Counters(
            rows: rows,
            batches: batches,
            busy: busy,
            fraction: fraction,
            workers: backends.count,
            held: held.signals
        ).seeing(look)
    }

    func setObstacle(_ text: String?) {
        obstacle = text
    }

    /// Takes note of what a look at the server gave.
    func hold(_ signals: [String]) {
        heldBack = signals
        lastLook = .now
    }

    /// Whether to hold still: something says so, or it is too long since anything could.
    func mustWait(at now: ContinuousClock.Instant = .now) -> Bool {
        !heldBack.isEmpty || now - lastLook > Self.longestBetweenLooks
    }

    private static let longestBetweenLooks = Duration.seconds(5)

    /// Whether a worker should leave its lane: something failed elsewhere, or the lanes are void.
    var mustStop: Bool { failure != nil || isFenced || running > mostWorkers }

    func fence() {
        isFenced = true
    }
}
