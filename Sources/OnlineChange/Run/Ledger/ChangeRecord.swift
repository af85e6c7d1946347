import Foundation
import Postgres

/// A change as the ledger has it.
public struct ChangeRecord: Sendable {
    /// Its number.
    public let id: Int
    /// Its name; unfinished changes have different ones.
    public let name: String
    /// The table, as it was called when the change was planned.
    public let table: String
    /// The stored plan.
    public let plan: Plan
    /// Whether it goes forward, back, or has ended.
    public let state: State
    /// The phase last reached; nil before the first.
    public let phase: String?
    /// Counts the runners that have taken the change over; fences the batches of one thought dead.
    public let epoch: Int
    /// Host and process of the runner that last had it.
    public let runner: String?
    /// Seconds since that runner last gave a sign; nil if it never did.
    public let heartbeatAge: Double?
    /// What it waits for, in words.
    public let waiting: String?
    /// The last failure, in words.
    public let error: String?
    /// What `pause` and `tune` set.
    public let controls: Controls
    /// When it was started, as the server writes it.
    public let startedAt: String
    /// When it ended.
    public let finishedAt: String?

    /// Whether a change goes forward, back, or has ended.
    public enum State: String, Codable, Sendable {
        /// Goes forward.
        case active
        /// Goes back.
        case rollingBack = "rolling back"
        /// Everything was undone.
        case rolledBack = "rolled back"
        /// The last phase is reached.
        case finished
    }

    /// Whether nothing is left to do.
    public var hasEnded: Bool { state == .finished || state == .rolledBack }

    /// A runner that gave a sign so lately is taken to be alive.
    public var isRunning: Bool { heartbeatAge.map { $0 < 10 } ?? false && !hasEnded }

    static let columns: SQL = """
        id, name, table_name, plan::text AS plan, state, phase, epoch, runner, waiting, error,
        extract(epoch FROM clock_timestamp() - heartbeat)::float8 AS heartbeat_age,
        paused, batch_time, workers, lag_limit,
        to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started_at,
        to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS finished_at
        """

    init(_ row: Row) throws {
        let stateText: String = try row["state"]
        let planText: String = try row["plan"]
        guard let state = State(rawValue: stateText) else {
            throw Failure(.refused, "the ledger has the state '\(stateText)', which this version does not know")
        }
        self.state = state
        plan = try JSONDecoder().decode(Plan.self, from: Data(planText.utf8))
        id = try row["id"]
        name = try row["name"]
        table = try row["table_name"]
        phase = try row["phase"]
        epoch = try row["epoch"]
        runner = try row["runner"]
        heartbeatAge = try row["heartbeat_age"]
        waiting = try row["waiting"]
        error = try row["error"]
        controls = try Controls(row)
        startedAt = try row["started_at"]
        finishedAt = try row["finished_at"]
    }
}

/// What can be set while a change runs, from any machine; takes effect at the next batch.
public struct Controls: Codable, Hashable, Sendable {
    /// Whether the backfill and the comparison hold still.
    public var isPaused: Bool
    /// The time that a batch should take, in milliseconds.
    public var batchTime: Int
    /// How many batches run at once.
    public var workers: Int
    /// Bytes of replication lag from which the backfill waits; nil for the default where lag can be seen.
    public var lagLimit: Int?

    /// Controls with the defaults for what is not given.
    public init(isPaused: Bool = false, batchTime: Int = 25, workers: Int = 1, lagLimit: Int? = nil) {
        self.isPaused = isPaused
        self.batchTime = batchTime
        self.workers = workers
        self.lagLimit = lagLimit
    }

    init(_ row: Row) throws {
        isPaused = try row["paused"]
        batchTime = try row["batch_time"]
        workers = try row["workers"]
        lagLimit = try row["lag_limit"]
    }
}
