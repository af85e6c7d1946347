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
    /// When that was, as the server writes it.
    public let lastSign: String?
    /// What it waits for, in words.
    public let waiting: String?
    /// What holds its backfill back, as of the last sign of life.
    public let held: [HeldBack]
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

    /// A runner that gave a sign so lately is taken to be alive. A sign from the future tells of a clock that was set back.
    public var isRunning: Bool { heartbeatAge.map { abs($0) < 10 } ?? false && !hasEnded }

    static let columns: SQL = """
        id, name, table_name, plan::text AS plan, state, phase, epoch, runner, waiting, error,
        extract(epoch FROM clock_timestamp() - heartbeat)::float8 AS heartbeat_age,
        to_char(heartbeat, 'YYYY-MM-DD HH24:MI:SS TZ') AS last_sign,
        paused, limits::text AS limits, held::text AS held,
        to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started_at,
        to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS finished_at
        """

    init(_ row: Row) throws {
        let stateText: String = try row["state"]
        let planText: String = try row["plan"]
        guard let state = State(rawValue: stateText) else {
            throw Failure(
                .refused,
                "the ledger has the state '\(stateText)', which this version does not know",
                left: "Nothing was changed.",
                next: "Use the release of online-change that wrote it, or a newer one."
            )
        }
        self.state = state
        id = try row["id"]
        name = try row["name"]
        do {
            plan = try JSONDecoder().decode(Plan.self, from: Data(planText.utf8))
        } catch {
            throw Failure(
                .refused,
                "the plan that the ledger has of the change \(name) can't be read",
                left: "Nothing was changed.",
                next: "Use the release of online-change that made it, or bring schema online_change back from a backup."
            )
        }
        table = try row["table_name"]
        phase = try row["phase"]
        epoch = try row["epoch"]
        runner = try row["runner"]
        heartbeatAge = try row["heartbeat_age"]
        lastSign = try row["last_sign"]
        waiting = try row["waiting"]
        let heldText: String = try row["held"]
        held = try JSONDecoder().decode([HeldBack].self, from: Data(heldText.utf8))
        error = try row["error"]
        controls = try Controls(row)
        startedAt = try row["started_at"]
        finishedAt = try row["finished_at"]
    }
}
