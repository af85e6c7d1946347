import Postgres

/// The last comparison of a change, and whether `swap` may rely on it.
struct StandingVerification: Sendable {
    private let differences: Int
    private let triggers: String
    /// Transactions before this one were finished when the comparison ended: a snapshot that is newer sees no row
    /// that the backfill or a repair had not reached.
    let horizon: Int

    static func read(_ context: RunContext) async throws -> StandingVerification? {
        try await context.session.run(
            """
            SELECT differences, triggers, horizon FROM online_change.verification
            WHERE change_id = \(context.change.id) ORDER BY id DESC LIMIT 1
            """
        ).rows.first.map {
            StandingVerification(
                differences: try $0["differences"],
                triggers: try $0["triggers"],
                horizon: try $0["horizon"]
            )
        }
    }

    /// Throws if there is none, if it found differences, or if our triggers are not the same rows as when it began.
    static func require(_ context: RunContext, _ verification: Verification) async throws -> StandingVerification {
        let again = "online-change verify \(context.change.name) --repair"
        guard let standing = try await read(context) else {
            throw Failure(.refused, "no comparison of the two columns stands", next: again)
        }
        guard standing.differences == 0 else {
            throw Failure(.refused, "the last comparison found \(standing.differences) rows that differ", next: again)
        }
        let now = try await TriggerMarks.read(verification, tableOID: context.plan.tableOID, context.session)
        guard now == standing.triggers, now.split(separator: "\n").count == verification.triggers.count else {
            throw Failure(
                .refused,
                "the triggers that keep the columns equal were touched since the last comparison (disabled, or made anew)",
                next: again
            )
        }
        return standing
    }
}

/// Waits for transactions that might still read rows as they were before the backfill reached them.
enum OldSnapshots {
    static func wait(_ context: RunContext, horizon: Int) async throws {
        let start = ContinuousClock.now
        var lastReport = -1.0
        var first: [String: Blocker]?
        while true {
            // A transaction that begins from now on can't see the old rows, though its xmin may be as old as the oldest
            // writer anywhere. CREATE INDEX CONCURRENTLY waits for those of its first look likewise.
            let now = try await read(context.session, horizon: horizon)
            let old = now.filter { first?.keys.contains($0.key) ?? true }.values
                .sorted { ($0.pid ?? 0, $0.prepared ?? "") < ($1.pid ?? 0, $1.prepared ?? "") }
            first = first ?? now
            guard !old.isEmpty else { return }
            let waited = (ContinuousClock.now - start).seconds
            guard waited < context.lockGuard.policy.deadline else {
                throw Failure(
                    .notNow,
                    "a transaction with a snapshot from before the backfill ended is still open: "
                        + old.map(\.description).joined(separator: "; "),
                    left: "It would read NULLs that nobody wrote; the swap was not begun.",
                    next: "Run the same command again when it has ended."
                )
            }
            if lastReport < 0 || waited - lastReport >= 2 {
                lastReport = waited
                await context.report(.waitingForSnapshots(blockers: old, seconds: waited))
            }
            try await context.beat(waiting: "old snapshots: " + old.map(\.description).joined(separator: "; "))
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Sessions of this database, standbys' feedback and prepared transactions older than the horizon, by what
    /// distinguishes a transaction from the session's next.
    static func read(_ session: Session, horizon: Int) async throws -> [String: Blocker] {
        let rows = try await session.run(
            """
            WITH now AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next)
            SELECT a.pid, a.usename::text AS login, a.state, NULL AS prepared,
                   extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age,
                   left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) AS query,
                   concat_ws(' ', a.pid, a.backend_start, a.xact_start) AS transaction
            FROM pg_stat_activity a, now
            WHERE a.backend_xmin IS NOT NULL AND age(a.backend_xmin) > now.next - \(horizon)::bigint
              AND a.pid <> pg_backend_pid() AND a.backend_type <> 'autovacuum worker'
              AND coalesce(a.datname = current_database(), true)
            UNION ALL
            SELECT NULL, p.owner::text, 'prepared', p.gid,
                   extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL, p.gid
            FROM pg_prepared_xacts p, now
            WHERE p.database = current_database() AND age(p.transaction) > now.next - \(horizon)::bigint
            """
        ).rows
        let blockers = try rows.map { row in
            let blocker = Blocker(
                pid: try row["pid"],
                prepared: try row["prepared"],
                user: try row["login"],
                age: try row["age"],
                state: try row["state"],
                query: try row["query"]
            )
            return (try row["transaction"] as String, blocker)
        }
        return Dictionary(blockers) { first, _ in first }
    }
}
