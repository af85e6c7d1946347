import OnlineChange

/// What a hook can be called: the moments in a change's life at which one is run.
enum HookName: String, CaseIterable {
    case started
    case phaseStarted = "phase-started"
    case phaseReady = "phase-ready"
    case throttled
    case released
    case verified
    case reconnecting
    case failed
    case rolledBack = "rolled-back"
    case finished
    case beforeExpand = "before-expand"
    case beforeBackfill = "before-backfill"
    case beforeSwap = "before-swap"
    case beforeDrop = "before-drop"
    case beforeRollback = "before-rollback"

    /// The hook that an event runs; nil for events that have none.
    init?(_ event: Event) {
        switch event {
        case .started: self = .started
        case .phaseStarted: self = .phaseStarted
        case .phaseReached: self = .phaseReady
        case .throttled: self = .throttled
        case .released: self = .released
        case .verified: self = .verified
        case .reconnecting: self = .reconnecting
        case .rolledBack: self = .rolledBack
        case .finished: self = .finished
        case .planned, .continued, .finding, .stepStarted, .stepFinished, .stepUndone, .waitingForLock,
            .lockNotObtained, .waitingForSnapshots, .progress, .notice, .applying, .standsAlready:
            return nil
        }
    }

    /// The hook that is asked whether something may begin.
    init?(_ intention: Intention) {
        self.init(rawValue: "before-\(intention.action)")
    }

    /// Which of several that wait to be run say the same of different moments, so that the newest is enough.
    var topic: String? {
        switch self {
        case .throttled, .released: "throttle"
        case .reconnecting: "connection"
        default: nil
        }
    }
}
