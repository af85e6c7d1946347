import Foundation
import Postgres

/// Reads and writes the ledger.
///
/// What must commit together with a step is returned as SQL for the step's own transaction; the rest is written at once.
struct Ledger: Sendable {
    let session: Session

    // MARK: Changes

    /// All changes, the newest first.
    func changes() async throws -> [ChangeRecord] {
        try await session.run("SELECT \(ChangeRecord.columns) FROM online_change.change ORDER BY id DESC").rows
            .map { try ChangeRecord($0) }
    }

    /// Those that have not ended, the newest first: a ledger of years holds many more plans.
    func unfinishedChanges() async throws -> [ChangeRecord] {
        try await session.run(
            "SELECT \(ChangeRecord.columns) FROM online_change.change WHERE finished_at IS NULL ORDER BY id DESC"
        ).rows.map { try ChangeRecord($0) }
    }

    /// The change of that number, or the newest of that name.
    func change(_ reference: String) async throws -> ChangeRecord? {
        try await session.run(
            """
            SELECT \(ChangeRecord.columns) FROM online_change.change
            WHERE id::text = \(reference) OR name = \(reference)
            ORDER BY finished_at IS NULL DESC, name = \(reference) DESC, id DESC LIMIT 1
            """
        ).rows.first.map { try ChangeRecord($0) }
    }

    /// The names that changes have, the newest first.
    func names(unfinished: Bool = false) async throws -> [String] {
        try await session.run(
            """
            SELECT name FROM online_change.change WHERE finished_at IS NULL OR NOT \(unfinished)
            GROUP BY name ORDER BY max(id) DESC
            """
        ).rows.map { try $0["name"] }
    }

    /// The change as it is now.
    func reload(_ id: Int) async throws -> ChangeRecord {
        guard let change = try await find(id) else {
            throw Failure(
                .refused,
                "change \(id) is gone from the ledger: somebody deleted it, or restored the database",
                left: "What was committed stands.",
                next: "Bring schema online_change back from a backup."
            )
        }
        return change
    }

    /// The change of that number, if there is one.
    func find(_ id: Int) async throws -> ChangeRecord? {
        try await session.run("SELECT \(ChangeRecord.columns) FROM online_change.change WHERE id = \(id)")
            .rows.first.map { try ChangeRecord($0) }
    }

    /// Stores a plan as a new change.
    func create(_ plan: Plan, limits: Limits, tool: String) async throws -> ChangeRecord {
        let document = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        let id: Int = try await session.value(
            """
            WITH created AS (
              INSERT INTO online_change.change
                (name, recipe, table_oid, table_name, plan, tool_version, limits)
              VALUES (\(plan.change), \(plan.recipe), \(plan.tableOID)::oid, \(plan.table.description),
                      \(document)::jsonb, \(tool), \(try limits.json)::jsonb)
              RETURNING id),
            noted AS (
              INSERT INTO online_change.audit (change_id, actor, origin, what)
              SELECT id, session_user, \(Origin.current.description), 'started' FROM created)
            SELECT id FROM created
            """
        )
        return try await reload(id)
    }

    // MARK: The runner's hold

    /// Takes the change over if no other runner has it: a session lock, and an epoch that fences the former runner.
    ///
    /// - Returns: the new epoch, or nil if another session holds the change.
    func take(_ id: Int) async throws -> Int? {
        let obtained: Bool = try await session.value(
            "SELECT pg_try_advisory_lock(\(Self.lockClass), \(id)::int)"
        )
        guard obtained else { return nil }
        return try await session.value(
            """
            UPDATE online_change.change
            SET epoch = epoch + 1, runner = \(Origin.current.description), heartbeat = clock_timestamp(), error = NULL
            WHERE id = \(id) RETURNING epoch
            """
        )
    }

    /// Takes the turn to plan a change of a table, until the session ends; false while another session has it.
    func takeTurn(planning table: UInt32) async throws -> Bool {
        try await session.value(
            "SELECT pg_try_advisory_lock(\(Self.planningClass), (\(table)::bigint % 2147483647)::int)"
        )
    }

    private static let planningClass = 1_868_785_513

    /// The session that holds the change, in words.
    func holder(_ id: Int) async throws -> String? {
        try await session.run(
            """
            SELECT format('pid %s%s, %s', l.pid, coalesce(' from ' || a.client_addr, ''), c.runner) AS holder
            FROM pg_locks l JOIN online_change.change c ON c.id = \(id)
            LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.classid = \(Self.lockClass)::oid AND l.objid::bigint = \(id)
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        ).rows.first.map { try $0["holder"] }
    }

    private static let lockClass = 1_868_785_512

    /// Has a statement's commit wait for standbys as this role's commits do; those of our sessions don't.
    static let waitingForStandbys: SQL = """
        pg_catalog.set_config('synchronous_commit',
          (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'synchronous_commit'), true) IS NOT NULL
        """

    /// Shows that the runner is alive, what it waits for, and what holds its backfill back.
    ///
    /// - Parameter isDurable: whether its commit waits for synchronous standbys, as an application's does.
    func beat(_ id: Int, epoch: Int, waiting: String?, held: [HeldBack] = [], isDurable: Bool = false) async throws {
        let durable: SQL = isDurable ? Self.waitingForStandbys : "true"
        let result = try await session.run(
            """
            UPDATE online_change.change
            SET heartbeat = clock_timestamp(), waiting = \(waiting), held = \(try held.json)::jsonb
            WHERE id = \(id) AND epoch = \(epoch) AND \(durable)
            """
        )
        guard result.affected == 1 else { throw Failure.takenOver }
    }

    /// Notes how the runner ended.
    func release(_ id: Int, epoch: Int, error: String?) async throws {
        try await session.run(
            """
            UPDATE online_change.change SET heartbeat = NULL, waiting = NULL, held = '[]', error = \(error)
            WHERE id = \(id) AND epoch = \(epoch)
            """
        )
        try await session.run("SELECT pg_advisory_unlock(\(Self.lockClass), \(id)::int)")
    }

    // MARK: Steps

    /// The state of the steps by position.
    func steps(_ id: Int) async throws -> [Int: String] {
        var states: [Int: String] = [:]
        for row in try await session.run(
            "SELECT position, state FROM online_change.step WHERE change_id = \(id)"
        ).rows {
            states[try row["position"]] = try row["state"]
        }
        return states
    }

    /// Writes down that a step without a transaction of its own is about to begin.
    func begin(_ mark: StepMark) async throws {
        try await session.run(Query(mark.upsert(state: "begun")))
    }

    /// Writes down that such a step is done or undone.
    func end(_ mark: StepMark, state: String, statements: String, effort: LockGuard.Effort) async throws {
        try await session.run(Query(mark.ended(state: state, statements: statements, effort: effort)))
    }

    /// Sets how far a change is, with a line in the audit trail. Of one that has ended nobody is the runner any more.
    ///
    /// Whoever is told so deploys what relies on it, so this waits for synchronous standbys; it holds no lock of the
    /// application's meanwhile.
    func reach(_ id: Int, phase: String?, state: ChangeRecord.State) async throws {
        let ended = state == .finished || state == .rolledBack
        try await session.run(
            """
            WITH reached AS (
              UPDATE online_change.change
              SET phase = \(phase), state = \(state.rawValue), waiting = NULL,
                  heartbeat = CASE WHEN NOT \(ended) THEN heartbeat END,
                  finished_at = CASE WHEN \(ended) THEN clock_timestamp() END
              WHERE id = \(id) AND \(Self.waitingForStandbys) RETURNING id)
            INSERT INTO online_change.audit (change_id, actor, origin, what)
            SELECT id, session_user, \(Origin.current.description),
                   \(phase.map { "\(state.rawValue): reached \($0)" } ?? state.rawValue) FROM reached
            """
        )
    }

    /// Adds to the audit trail.
    func note(_ id: Int, what: String) async throws {
        try await session.run(
            """
            INSERT INTO online_change.audit (change_id, actor, origin, what)
            VALUES (\(id), session_user, \(Origin.current.description), \(what))
            """
        )
    }

    // MARK: Controls

    /// Sets what is given and leaves the rest. Returns false if there is no such unfinished change.
    func set(_ id: Int, isPaused: Bool? = nil, limits: Limits = [:]) async throws -> Bool {
        let result = try await session.run(
            """
            UPDATE online_change.change
            SET paused = coalesce(\(isPaused)::boolean, paused), limits = limits || \(try limits.json)::jsonb
            WHERE id = \(id) AND finished_at IS NULL
            """
        )
        return result.affected == 1
    }
}

/// A step of a change, for the rows that the ledger has of it.
struct StepMark: Sendable {
    let change: Int
    let position: Int
    let phase: String
    let title: String

    /// The step's row.
    func upsert(state: String) -> SQL {
        """
        INSERT INTO online_change.step (change_id, position, phase, title, state, ended_at)
        VALUES (\(change), \(position), \(literal: phase), \(literal: title), \(literal: state),
                \(state == "begun" ? "NULL" : "pg_catalog.clock_timestamp()" as SQL))
        ON CONFLICT (change_id, position) DO UPDATE SET state = excluded.state,
          begun_at = CASE WHEN excluded.state = 'begun' THEN excluded.begun_at ELSE step.begun_at END,
          ended_at = CASE WHEN excluded.state <> 'begun' THEN pg_catalog.clock_timestamp() END
        """
    }

    /// The step's row and its line in the audit trail, in one statement: neither is there without the other.
    func ended(state: String, statements: String, effort: LockGuard.Effort) -> SQL {
        """
        WITH marked AS (\(upsert(state: state)))
        INSERT INTO online_change.audit (change_id, actor, origin, what, statements, waited, retries)
        VALUES (\(change), session_user, \(literal: Origin.current.description),
                \(literal: "\(title): \(state)"), \(literal: statements),
                \(literal: "\(effort.waited)")::float8, \(effort.retries))
        """
    }
}

/// Where this process runs: `ada@host (pid 4711)`, and the pipeline's job that it belongs to.
struct Origin: CustomStringConvertible {
    let description: String

    static let current = Origin(
        description:
            "\(NSUserName())@\(ProcessInfo.processInfo.hostName) (pid \(ProcessInfo.processInfo.processIdentifier))"
            + (CallingJob.address(in: ProcessInfo.processInfo.environment).map { ", \($0)" } ?? "")
    )
}

extension Failure {
    /// Another runner has the change now.
    static let takenOver = Failure(
        .notNow,
        "another runner has taken the change over",
        left: "What was committed stands, and the other one goes on with it.",
        next: "Look at `online-change status`; only one runner at a time may have a change."
    )
}
