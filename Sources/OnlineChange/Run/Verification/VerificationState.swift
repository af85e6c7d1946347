/// What the workers of a pass over one relation share.
actor VerificationState {
    private(set) var extent: VerificationExtent
    private(set) var controls: Controls
    private let suitedWorkers: Int
    /// Nothing is read before the first look at what holds it back.
    private var isHeld = true
    private(set) var failure: (any Error)?
    private(set) var running = 0
    private(set) var ranges = 0
    /// Seconds that reading them took, all workers' together.
    private(set) var busy = 0.0

    /// - Parameter suitedWorkers: how many work where the controls name no number.
    init(_ extent: VerificationExtent, controls: Controls, suitedWorkers: Int) {
        self.suitedWorkers = suitedWorkers
        self.extent = extent
        self.controls = controls
    }

    /// Whether nobody works on it any more and nobody will.
    var isOver: Bool { running == 0 && (extent.isDone || failure != nil) }

    private var mostWorkers: Int { controls.limits.workers ?? suitedWorkers }

    /// Whether another worker should begin. One is enough for what is read in no time.
    var wantsWorker: Bool {
        let most = min(mostWorkers, 1 + extent.blocks / Self.blocksOfOne)
        return failure == nil && !isHeld && extent.hasMore && running < most
    }

    private static let blocksOfOne = 2048

    func adopt(_ controls: Controls, isHeld: Bool) {
        self.controls = controls
        self.isHeld = isHeld
    }

    /// - Returns: whether it is the only one now.
    func workerBegins() -> Bool {
        running += 1
        return running == 1
    }

    func workerEnds(error: (any Error)?) {
        running -= 1
        if failure == nil { failure = error }
    }

    /// The next blocks for a worker; nil if it should end.
    func take(_ limit: Int) -> Range<Int>? {
        guard failure == nil, !isHeld, running <= mostWorkers else { return nil }
        return extent.take(limit)
    }

    func finish(_ range: Range<Int>, _ found: VerificationResult, seconds: Double) {
        ranges += 1
        busy += seconds
        extent.finish(range, found)
    }
}
