/// What the workers of a backfill share: windows to be taken, progress, controls, and whether to hold still.
actor BackfillState {
    private var free: [BlockWindow]
    private var taken = 0
    private var blocksLeft: Int
    private let blocks: Int
    private(set) var rows = 0
    private(set) var skippedBatches = 0
    private(set) var controls: Controls
    private(set) var heldBack: [String] = []
    /// What keeps a worker from getting further, in words.
    private(set) var obstacle: String?
    private(set) var failure: (any Error)?
    private(set) var isFenced = false
    private var running = 0
    private var backends: [Int] = []

    init(windows: [BlockWindow], controls: Controls) {
        free = windows.filter { $0.next < $0.end }
        blocks = windows.last?.end ?? 0
        blocksLeft = free.reduce(0) { $0 + $1.end - $1.next }
        self.controls = controls
    }

    /// Whether nothing is left to take or to finish.
    private var isDone: Bool { free.isEmpty && taken == 0 }

    /// Whether nobody works on it any more and nobody will.
    var isOver: Bool { isDone || isFenced && running == 0 }

    /// The part that is done, 0 to 1.
    var fraction: Double { blocks == 0 ? 1 : 1 - Double(blocksLeft) / Double(blocks) }

    /// Server processes of the workers.
    var workerBackends: [Int] { backends }

    /// Whether another worker should begin.
    var wantsWorker: Bool { !free.isEmpty && running < controls.workers && failure == nil && !isFenced }

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

    /// The next window for a worker; nil if there is none or there are workers enough without it.
    func take() -> BlockWindow? {
        guard failure == nil, !isFenced, running <= controls.workers, !free.isEmpty else { return nil }
        taken += 1
        return free.removeFirst()
    }

    /// Gives a window back, finished or not.
    func giveBack(_ window: BlockWindow) {
        taken -= 1
        if window.next < window.end { free.insert(window, at: 0) }
    }

    func batchDone(rows: Int, blocks: Int, skippedLocked: Bool, controls: Controls) {
        self.rows += rows
        blocksLeft -= blocks
        if skippedLocked { skippedBatches += 1 }
        adopt(controls)
    }

    func adopt(_ controls: Controls) {
        self.controls = controls
        if controls.isPaused, !heldBack.contains("paused") { heldBack.append("paused") }
    }

    func setObstacle(_ text: String?) {
        obstacle = text
    }

    func hold(_ reasons: [String]) {
        heldBack = reasons
    }

    /// Whether a worker should leave its window: something failed elsewhere, or the windows are void.
    var mustStop: Bool { failure != nil || isFenced || running > controls.workers }

    func fence() {
        isFenced = true
    }
}
