import Postgres

extension Throttle.Signals {
    /// Reads the signals. Sessions of ours are known by their processes.
    static func read(_ session: Session, ours: [Int]) async throws -> Throttle.Signals {
        let row = try await session.run(
            """
            SELECT (SELECT CASE WHEN bool_or(state IS NULL) THEN NULL
                      ELSE coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0) END::bigint
                    FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup') AS lag,
                   (SELECT count(*) FROM pg_stat_activity a
                    WHERE a.wait_event_type = 'Lock' AND a.pid <> ALL (\(ours)::int[])
                      AND pg_blocking_pids(a.pid) && \(ours)::int[]) AS waiters
            """
        ).rows[0]
        return Throttle.Signals(replicationLag: try row["lag"], waitersBehindUs: try row["waiters"])
    }
}
