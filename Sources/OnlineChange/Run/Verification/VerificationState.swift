/// What the workers of a pass over one relation share.
actor VerificationState {
    private(set) var extent: VerificationExtent
    private(set) var controls: Controls
    private(set) var failure: (any Error)?
    private var running = 0

    init(_ extent: VerificationExtent, controls: Controls) {
        self.extent = extent
        self.controls = controls
    }

    /// Whether nobody works on it any more and nobody will.
    var isOver: Bool { running == 0 && (extent.isDone || failure != nil) }

    /// Whether another worker should begin. One is enough for what is read in no time.
    var wantsWorker: Bool {
        let most = min(controls.workers, 1 + extent.blocks / Self.blocksOfOne)
        return failure == nil && !controls.isPaused && extent.hasMore && running < most
    }

    private static let blocksOfOne = 2048

    func adopt(_ controls: Controls) {
        self.controls = controls
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
        guard failure == nil, !controls.isPaused, running <= controls.workers else { return nil }
        return extent.take(limit)
    }

    func finish(_ range: Range<Int>, _ found: VerificationResult) {
        extent.finish(range, found)
    }
}
