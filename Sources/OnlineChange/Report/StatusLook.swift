import Postgres

extension ChangeStatus {
    /// How far the slowest standby is behind.
    public struct Lag: Encodable, Sendable {
        /// Its name.
        public let standby: String
        /// Bytes of WAL that it has still to replay; nil if it can't be seen.
        public let bytes: Int?
        /// The same in seconds, by its own report.
        public let seconds: Double?
    }

    /// A line of the audit trail.
    public struct LastEvent: Encodable, Sendable {
        /// When, as the server writes it.
        public let at: String
        /// The role.
        public let actor: String
        /// Who and where: `ada@host (pid 4711)`.
        public let origin: String
        /// What happened.
        public let what: String
    }
}

/// What `status` reads of a change beside its row in the ledger.
struct StatusLook: Sendable {
    let record: ChangeRecord
    let session: Session

    /// What is under way, and how long it will take yet.
    ///
    /// - Parameters:
    ///   - open: the place and action of the step that is under way or comes next.
    ///   - backfill: how far the last backfill is, if one has begun.
    func work(_ open: (position: Int, action: Action)?, backfill: Progress?) async throws -> Work {
        guard record.isRunning, let open else { return Work(progress: backfill) }
        let samples = SampleLedger(session: session, change: record.id)
        switch open.action {
        case .backfill:
            guard var backfill, backfill.fraction < 1 else { return Work(progress: backfill) }
            let recent = try await samples.recent(.backfill).filter { $0.position == open.position }
            guard let last = recent.last else { return Work(progress: backfill) }
            let estimate = Estimate(recent, fraction: backfill.fraction)
            backfill.remaining = estimate?.seconds
            return Work(progress: backfill, estimate: estimate, workers: last.workers)
        case .verify:
            let recent = try await samples.recent(.compare).filter { $0.position == open.position }
            guard let last = recent.last else { return Work(progress: backfill) }
            let estimate = Estimate(recent, fraction: last.fraction)
            let compared = Progress(
                activity: "compare",
                fraction: last.fraction,
                rows: 0,
                rate: estimate?.rate ?? last.rate ?? 0,
                remaining: estimate?.seconds
            )
            return Work(progress: compared, estimate: estimate, workers: last.workers)
        case .buildIndex, .buildPartitionedIndex, .buildKeyIndexes, .copyPartitionIndexes:
            return Work(progress: try await indexBuild() ?? backfill)
        default:
            return Work(progress: backfill)
        }
    }

    /// What is under way.
    struct Work: Sendable {
        var progress: Progress?
        var estimate: Estimate?
        var workers: Int?
    }

    /// How far an index build of ours is, by the server's own count.
    private func indexBuild() async throws -> Progress? {
        let row = try await session.run(
            """
            SELECT p.phase, p.blocks_total::float8 AS blocks, p.blocks_done::float8 AS done
            FROM pg_stat_progress_create_index p JOIN pg_stat_activity a ON a.pid = p.pid
            WHERE p.datname = current_database() AND a.application_name = 'online-change' LIMIT 1
            """
        ).rows.first
        guard let row, let phase: String = try row["phase"] else { return nil }
        let blocks: Double = try row["blocks"] ?? 0
        return Progress(
            activity: "index: \(phase)",
            fraction: blocks > 0 ? min(1, (try row["done"] ?? 0) / blocks) : 0,
            rows: 0,
            rate: 0,
            remaining: nil
        )
    }

    /// Who holds what sessions of ours wait for, and who is waited for without queueing.
    func blockers(_ action: Action?) async throws -> [Blocker] {
        var found = try await session.run(
            """
            SELECT b.pid, a.usename::text AS login, a.state, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age,
                   left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) AS query
            FROM (SELECT DISTINCT unnest(pg_blocking_pids(w.pid)) AS pid FROM pg_stat_activity w
                  WHERE w.datname = current_database() AND w.application_name = 'online-change'
                    AND w.wait_event_type = 'Lock') AS b
            JOIN pg_stat_activity a ON a.pid = b.pid
            WHERE a.application_name IS DISTINCT FROM 'online-change' ORDER BY a.xact_start LIMIT 5
            """
        ).rows.map { row in
            Blocker(
                pid: try row["pid"],
                user: try row["login"],
                age: try row["age"],
                state: try row["state"],
                query: try row["query"]
            )
        }
        if case .transaction(let transaction)? = action, record.waiting?.hasPrefix("lock:") == true {
            let holding = try await Blocker.holding(transaction.locks, on: session)
            found += holding.filter { one in !found.contains { $0.identity == one.identity } }
        }
        return found
    }

    /// How far the slowest standby is behind.
    func lag() async throws -> ChangeStatus.Lag? {
        try await session.run(
            """
            SELECT s.application_name AS standby,
                   pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                     coalesce(s.replay_lsn, s.flush_lsn, s.write_lsn, s.sent_lsn))::bigint AS bytes,
                   extract(epoch FROM s.replay_lag)::float8 AS seconds
            FROM pg_stat_replication s WHERE s.state IS NULL OR s.state IN ('streaming', 'catchup')
            ORDER BY 2 DESC NULLS FIRST LIMIT 1
            """
        ).rows.first.map { row in
            let bytes: Int? = try row["bytes"]
            return ChangeStatus.Lag(
                standby: try row["standby"],
                bytes: bytes.map { max(0, $0) },
                seconds: try row["seconds"]
            )
        }
    }

    /// The last line of the audit trail.
    func lastEvent() async throws -> ChangeStatus.LastEvent? {
        try await session.run(
            """
            SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS TZ') AS at, actor, origin, what
            FROM online_change.audit WHERE change_id = \(record.id) ORDER BY id DESC LIMIT 1
            """
        ).rows.first.map {
            ChangeStatus.LastEvent(
                at: try $0["at"],
                actor: try $0["actor"],
                origin: try $0["origin"],
                what: try $0["what"]
            )
        }
    }
}
