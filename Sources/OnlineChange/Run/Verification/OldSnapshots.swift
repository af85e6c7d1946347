import Postgres

/// Waits for transactions that might still read rows as they were before the backfill reached them.
///
/// Like CREATE INDEX CONCURRENTLY: whoever is old at the first look is waited for. A snapshot taken after that is newer
/// than every repair, whatever its xmin says: an old transaction elsewhere holds that back for everyone.
enum OldSnapshots {
    static func wait(_ context: RunContext, horizon: Int) async throws {
        let start = ContinuousClock.now
        var lastReport = -1.0
        var old = try await read(context.observer, horizon: horizon)
        while !old.isEmpty {
            let blockers = old.values.sorted { ($0.pid ?? 0) < ($1.pid ?? 0) }
            let names = blockers.map(\.description).joined(separator: "; ")
            let waited = (ContinuousClock.now - start).seconds
            guard waited < context.lockGuard.policy.deadline else {
                throw Failure(
                    .notNow,
                    "a transaction with a snapshot from before the backfill ended is still open: \(names)",
                    left: "It would read NULLs that nobody wrote; the swap was not begun.",
                    next: "Run the same command again when it has ended."
                )
            }
            if lastReport < 0 || waited - lastReport >= 2 {
                lastReport = waited
                await context.report(.waitingForSnapshots(blockers: blockers, seconds: waited))
            }
            try await context.beat(waiting: "old snapshots: \(names)")
            try await Task.sleep(for: .milliseconds(200))
            let now = try await read(context.observer, horizon: horizon)
            old = now.filter { old.keys.contains($0.key) }
        }
    }

    /// Transactions of this database, prepared ones, and standbys' feedback that are older than the horizon, by what
    /// tells them from the next transaction of the same session.
    private static func read(_ session: Session, horizon: Int) async throws -> [String: Blocker] {
        let rows = try await session.run(
            """
            WITH now AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next)
            SELECT format('%s %s %s', a.pid, a.backend_start, l.virtualxid) AS identity,
                   a.pid, a.usename::text AS login, a.state, NULL AS prepared,
                   extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age,
                   left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) AS query
            FROM now, pg_stat_activity a
            LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock'
            WHERE a.backend_xmin IS NOT NULL AND age(a.backend_xmin) > now.next - \(horizon)::bigint
              AND a.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
              AND coalesce(a.datname = current_database(), true)
            UNION ALL
            SELECT format('prepared %s', p.transaction), NULL, p.owner::text, 'prepared', p.gid,
                   extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL
            FROM pg_prepared_xacts p, now
            WHERE p.database = current_database() AND age(p.transaction) > now.next - \(horizon)::bigint
            UNION ALL
            SELECT format('slot %s', s.slot_name), s.active_pid, NULL, 'standby of slot ' || s.slot_name, NULL, NULL, NULL
            FROM pg_replication_slots s, now
            WHERE s.active AND s.xmin IS NOT NULL AND age(s.xmin) > now.next - \(horizon)::bigint
            """
        ).rows
        var old: [String: Blocker] = [:]
        for row in rows {
            old[try row["identity"]] = Blocker(
                pid: try row["pid"],
                prepared: try row["prepared"],
                user: try row["login"],
                age: try row["age"],
                state: try row["state"],
                query: try row["query"]
            )
        }
        return old
    }
}
