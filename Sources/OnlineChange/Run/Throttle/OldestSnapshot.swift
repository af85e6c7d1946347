import Postgres

/// The snapshot, or the transaction, that keeps dead rows of this database from being reused.
struct OldestSnapshot: Sendable {
    /// The transaction number up to which nothing may be pruned.
    let horizon: Int
    /// The number that the next transaction gets.
    let next: Int
    /// Age of its transaction in seconds; nil if that can't be seen.
    let seconds: Double?
    /// Who has it, in words; nil if nobody holds anything back.
    let holder: String?

    /// Reads it. Sessions of ours and vacuums, which the server leaves out too, don't count.
    static func read(_ session: Session, ours: [Int]) async throws -> OldestSnapshot {
        let row = try await session.run(
            """
            SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next, h.*
            FROM (SELECT) one LEFT JOIN LATERAL (
              SELECT greatest(age(a.backend_xmin), age(a.backend_xid)) AS age, a.pid, a.usename::text AS login, a.state,
                     NULL AS prepared, NULL AS slot,
                     extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds,
                     left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80) AS query
              FROM pg_stat_activity a
              WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
                AND a.pid <> pg_backend_pid() AND a.pid <> ALL (\(ours)::int[])
                AND a.application_name IS DISTINCT FROM 'online-change'
                AND (a.datid IS NULL OR a.datname = current_database())
                AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum v WHERE v.pid = a.pid)
              UNION ALL
              SELECT age(p.transaction), NULL, p.owner::text, NULL, p.gid, NULL,
                     extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL
              FROM pg_prepared_xacts p WHERE p.database = current_database()
              UNION ALL
              SELECT age(s.xmin), s.active_pid, NULL, NULL, NULL, s.slot_name::text, NULL, NULL
              FROM pg_replication_slots s WHERE s.xmin IS NOT NULL
              ORDER BY age DESC, seconds DESC NULLS LAST LIMIT 1) AS h ON true
            """
        ).rows[0]
        let next: Int = try row["next"]
        // Its own snapshot may be newer than the last number that was given out.
        guard let age: Int = try row["age"], age > 0 else {
            return OldestSnapshot(horizon: next, next: next, seconds: 0, holder: nil)
        }
        var seconds: Double? = try row["seconds"]
        if let known = seconds { seconds = max(0, known) }
        var blocker = Blocker(pid: try row["pid"], prepared: try row["prepared"], user: try row["login"])
        blocker.age = seconds
        blocker.state = try row["state"]
        blocker.query = try row["query"]
        let slot: String? = try row["slot"]
        return OldestSnapshot(
            horizon: next - age,
            next: next,
            seconds: seconds,
            holder: slot.map { "replication slot '\($0)'" } ?? blocker.description
        )
    }
}
