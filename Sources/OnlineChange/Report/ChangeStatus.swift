import Postgres

/// How a change stands, for people and machines.
public struct ChangeStatus: Encodable, Sendable {
    /// Its number.
    public internal(set) var number: Int
    /// Its name.
    public internal(set) var change: String
    /// The table.
    public internal(set) var table: String
    /// `active`, `rolling back`, `rolled back` or `finished`.
    public internal(set) var state: String
    /// The phases with `reached`, `under way` or `ahead`.
    public internal(set) var phases: [Phase]
    /// The step that is under way or comes next.
    public internal(set) var step: String?
    /// How far the backfill is, if it has begun, or the comparison or index build that is under way.
    public internal(set) var progress: Progress?
    /// How long it will take yet; nil if there is no telling.
    public internal(set) var estimate: Estimate?
    /// How many workers are at it; nil if none is, or there is no telling.
    public internal(set) var workers: Int?
    /// What it waits for.
    public internal(set) var waiting: String?
    /// What holds the backfill or the comparison back; empty unless a runner is at work.
    public internal(set) var heldBack: [HeldBack]
    /// How the backfill is getting on with table and server, if it has begun.
    public internal(set) var health: BackfillHealth?
    /// Why it stopped the last time.
    public internal(set) var error: String?
    /// Whether a runner is at work, going by its last sign of life.
    public internal(set) var isRunning: Bool
    /// Who ran it last.
    public internal(set) var runner: String?
    /// When that runner gave its last sign of life, as the server writes it; nil if it has ended properly.
    public internal(set) var lastSign: String?
    /// Seconds since then.
    public internal(set) var silence: Double?
    /// Transactions that ours wait for at this moment.
    public internal(set) var blockers: [Blocker]
    /// How far the slowest standby is behind; nil if there is none.
    public internal(set) var lag: Lag?
    /// The last line of the audit trail.
    public internal(set) var lastEvent: LastEvent?
    /// Whether `pause` holds it still.
    public internal(set) var isPaused: Bool
    /// What is set of the limits, by option.
    public internal(set) var limits: Limits
    /// The limits that are not at their defaults, in words.
    public internal(set) var differingLimits: [String]
    /// Writes that came through the legacy column alone since the swap, and when the last one came.
    public internal(set) var legacyWrites: LegacyWrites?
    /// When it was started and ended.
    public internal(set) var startedAt: String
    /// When it ended.
    public internal(set) var finishedAt: String?
    /// What lies between the phase that is reached and the next.
    public internal(set) var gate: Gate?
    /// The next command.
    public internal(set) var next: String?
    /// What the last phase takes away, in a sentence.
    public internal(set) var destruction: String

    /// A phase and how it stands.
    public struct Phase: Encodable, Sendable {
        /// Its name.
        public let name: String
        /// `reached`, `under way` or `ahead`.
        public let state: String
    }

    /// Writes through the legacy column alone.
    public struct LegacyWrites: Encodable, Sendable {
        /// How many since the swap.
        public let count: Int
        /// When the first one came, as the server writes it.
        public let first: String?
        /// When the last one came.
        public let last: String?
    }
}

extension ChangeStatus {
    /// The status of all changes, the newest first, or of one.
    ///
    /// - Throws: `Failure.refused` if there is no such change.
    public static func read(_ parameters: ConnectionParameters, change: String?) async throws -> [ChangeStatus] {
        let reader = try await StatusReader.open(parameters)
        do {
            let statuses = try await reader.read(change)
            await reader.close()
            return statuses
        } catch {
            await reader.close()
            throw error
        }
    }

    /// The names of the changes that have not ended, the newest first.
    public static func names(_ parameters: ConnectionParameters) async throws -> [String] {
        let session = try await Session.open(parameters)
        let isThere = try await LedgerAccess.open(session)
        let names = isThere ? try await Ledger(session: session).names(unfinished: true) : []
        await session.close()
        return names
    }

    /// The same on a session that is there already.
    public static func read(_ session: Session, change reference: String?) async throws -> [ChangeStatus] {
        guard try await LedgerAccess.open(session) else {
            guard let reference else { return [] }
            throw Failure.noLedger(reference)
        }
        let ledger = Ledger(session: session)
        guard let reference else {
            var statuses: [ChangeStatus] = []
            for change in try await ledger.changes() {
                statuses.append(try await ChangeStatus(change, session: session))
            }
            return statuses
        }
        guard let change = try await ledger.change(reference) else {
            throw Failure.unknownChange(reference, among: try await ledger.names())
        }
        return [try await ChangeStatus(change, session: session)]
    }

    init(_ record: ChangeRecord, session: Session) async throws {
        let plan = record.plan
        let states = try await Ledger(session: session).steps(record.id)
        let current = plan.phase(after: record.phase)
        let open = plan.steps.first { states[$0.position] != "done" }
        let hasBegun = current.map { phase in
            plan.steps.contains { $0.phase == phase.name && states[$0.position] != nil }
        }
        number = record.id
        change = record.name
        table = record.table
        state = record.state.rawValue
        phases = plan.phases.map { phase in
            if record.state != .rolledBack, plan.isAtLeast(record.phase, phase.name) {
                return Phase(name: phase.name, state: "reached")
            }
            let isCurrent = phase.name == current?.name && hasBegun == true && !record.hasEnded
            return Phase(name: phase.name, state: isCurrent ? "under way" : "ahead")
        }
        step = record.hasEnded ? nil : open?.step.title
        let look = StatusLook(record: record, session: session)
        let backfill = try await Self.progress(record, session: session)
        let work = try await look.work(open.map { ($0.position, $0.step.action) }, backfill: backfill)
        progress = work.progress
        estimate = work.estimate
        workers = work.workers
        lastSign = record.lastSign
        silence = record.heartbeatAge
        blockers = record.isRunning ? try await look.blockers(open?.step.action) : []
        lag = record.hasEnded ? nil : try await look.lag()
        lastEvent = try await look.lastEvent()
        waiting = record.controls.isPaused && record.waiting == nil ? "paused" : record.waiting
        heldBack = record.isRunning ? try await Self.dated(record, session: session) : []
        health =
            record.state == .rolledBack
            ? nil : try await BackfillHealth.read(record.id, table: plan.tableOID, session: session)
        error = record.error
        isRunning = record.isRunning
        runner = record.runner
        isPaused = record.controls.isPaused
        limits = record.controls.limits
        differingLimits = record.controls.limits.differing
        legacyWrites =
            record.phase == "swap" && record.state == .active
            ? try await Self.legacyWrites(plan.columns.compactMap(\.dualWrite), session: session) : nil
        destruction = plan.destruction
        startedAt = record.startedAt
        finishedAt = record.finishedAt
        gate = record.hasEnded || hasBegun == true ? nil : plan.gate(after: record.phase)
        next =
            switch record.state {
            case .active: plan.nextCommand
            case .rollingBack: "online-change rollback \(ShellWord(record.name))"
            case .rolledBack, .finished: nil
            }
    }

    /// What holds it back, with the time since when: the ledger has how long, as of the last sign of life.
    private static func dated(_ record: ChangeRecord, session: Session) async throws -> [HeldBack] {
        var all: [HeldBack] = []
        for var held in record.held {
            held.seconds += record.heartbeatAge ?? 0
            held.since = try await session.value(
                "SELECT to_char(clock_timestamp() - make_interval(secs => \(held.seconds)), 'YYYY-MM-DD HH24:MI:SS TZ')"
            )
            all.append(held)
        }
        return all
    }

    private static func progress(_ record: ChangeRecord, session: Session) async throws -> Progress? {
        let row = try await session.run(
            """
            SELECT count(*) AS lanes, max(l.position) AS position, coalesce(sum(l.rows), 0)::bigint AS rows,
                   coalesce(sum(l.end_block - l.first_block), 0)::float8 AS blocks,
                   coalesce(sum(l.visited::float8 / l.stripes), 0)::float8 AS done,
                   coalesce(bool_and(l.visited = l.stripes * (l.end_block - l.first_block)), true) AS complete,
                   coalesce(max(m.worked), 0)::float8 AS seconds
            FROM online_change.backfill_lane l
            LEFT JOIN online_change.backfill_measure m
              ON m.change_id = l.change_id AND m.position = l.position AND NOT m.is_end
            WHERE l.change_id = \(record.id)
              AND l.position = (SELECT max(position) FROM online_change.backfill_lane WHERE change_id = \(record.id))
            """
        ).rows[0]
        guard try row["lanes"] as Int > 0 else { return nil }
        let position: Int = try row["position"]
        // Tables are copied one after another: the last one begun is the one that it is at.
        let table = record.plan.columns[record.plan.steps[position - 1].step.column].table
        let blocks: Double = try row["blocks"]
        let done: Double = try row["done"]
        let isComplete: Bool = try row["complete"]
        let rows: Int = try row["rows"]
        let seconds: Double = try row["seconds"]
        let remaining = done > 0 && seconds > 0 && record.isRunning ? seconds * max(0, blocks - done) / done : nil
        return Progress(
            activity: record.plan.companions.isEmpty ? "backfill" : "backfill of \(table)",
            fraction: isComplete ? 1 : min(1, done / blocks),
            rows: rows,
            rate: seconds > 0 ? Double(rows) / seconds : 0,
            remaining: isComplete ? nil : remaining
        )
    }

    /// The counters belong to the table's owner; who may not read them sees none.
    private static func legacyWrites(_ pairs: [DualWrite], session: Session) async throws -> LegacyWrites? {
        do {
            var found: [CountedWrites] = []
            for pair in pairs {
                if let counted = try await pair.counter.read(session) { found.append(counted) }
            }
            guard !found.isEmpty else { return nil }
            return LegacyWrites(
                count: found.reduce(0) { $0 + $1.count },
                first: found.compactMap(\.first).min(),
                last: found.compactMap(\.last).max()
            )
        } catch let error as PostgresError where error.state == .insufficientPrivilege || error.state == .undefinedTable
        {
            return nil
        }
    }
}
