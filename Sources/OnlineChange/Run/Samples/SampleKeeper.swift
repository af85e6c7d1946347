import Postgres

/// Writes samples of a step's work into the ledger. Whatever keeps it from doing so is no trouble of the work's.
actor SampleKeeper {
    private let context: RunContext
    private var meter: SampleMeter
    private let start = ContinuousClock.now

    init(_ context: RunContext, _ activity: Sample.Activity, position: Int) {
        self.context = context
        meter = SampleMeter(activity, position: position)
    }

    /// Takes note of how far the work is, and writes a sample when it is time for one.
    func note(_ counters: SampleMeter.Counters, isEnd: Bool = false) async {
        guard context.keepsSamples else { return }
        let now = (ContinuousClock.now - start).seconds
        guard let sample = meter.note(counters, at: now, isEnd: isEnd) else { return }
        let ledger = SampleLedger(session: context.session, change: context.change.id)
        try? await ledger.write(sample, epoch: context.epoch)
    }
}
