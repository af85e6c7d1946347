import Postgres

/// Something that happened, as the terminal shows it, `--json` prints it and the ledger keeps it.
public enum Event: Sendable {
    /// A change was planned, and no more: nothing was touched.
    case planned(Plan)
    /// A change was planned and its plan stored.
    case started(change: String, number: Int)
    /// An unfinished change goes on.
    case continued(change: String, phase: String?)
    /// A change file's turn has come.
    case applying(file: String, phase: String)
    /// What was asked for is reached already, and left alone.
    case standsAlready(change: String, phase: String?, state: String)
    /// Something the user should know.
    case finding(Finding)
    /// A phase began.
    case phaseStarted(phase: String, summary: String)
    /// A step began.
    case stepStarted(title: String)
    /// A step is done.
    case stepFinished(title: String, seconds: Double, waited: Double, retries: Int)
    /// A step was undone.
    case stepUndone(title: String)
    /// An old transaction holds the table: we wait without queueing behind it.
    case waitingForLock(blockers: [Blocker], seconds: Double)
    /// A lock was not obtained in time; everything was undone and is tried again.
    case lockNotObtained(attempt: Int, blockers: [Blocker], pause: Double)
    /// A transaction with an old snapshot must end before the swap.
    case waitingForSnapshots(blockers: [Blocker], seconds: Double)
    /// How far the backfill, an index build or a comparison is.
    case progress(Progress)
    /// The backfill is held back.
    case throttled(reasons: [String])
    /// The backfill goes on.
    case released
    /// A comparison of the whole table ended.
    case verified(rows: Int, differences: Int, repaired: Int)
    /// Something other than expected that does not stop the change.
    case notice(String)
    /// The connection broke; it is made anew.
    case reconnecting(reason: String, attempt: Int)
    /// A phase is reached.
    case phaseReached(phase: String, gate: Gate?, next: String?)
    /// The change was rolled back.
    case rolledBack
    /// The change is finished.
    case finished
}

/// How far something is.
public struct Progress: Codable, Hashable, Sendable {
    /// What is being done: `backfill`, `index users_name_idx`, `compare`.
    public var activity: String
    /// The part done, 0 to 1.
    public var fraction: Double
    /// Rows written or compared so far.
    public var rows: Int
    /// Rows a second of late.
    public var rate: Double
    /// Seconds left at that rate; nil if there is no telling yet.
    public var remaining: Double?
}
