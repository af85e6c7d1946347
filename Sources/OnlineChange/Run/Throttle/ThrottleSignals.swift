import Postgres

extension Throttle {
    /// What one look at the server gave, before it is set against time.
    struct Look: Sendable {
        var signals = Signals()
        /// Bytes of WAL that were ever written.
        var wal = 0
        /// What of it the slowest standby has replayed.
        var replayed: Int?
        var requestedCheckpoints = 0
        var maxWAL = 0
    }

    /// What commits wait for where `synchronousStandbyIsMissing` holds.
    static let noSynchronousStandby = "no standby of those that synchronous_standby_names asks for is connected"

    /// Whether commits of this role wait for a standby and none is there. One that can't be seen is taken to be the one.
    static let synchronousStandbyIsMissing: SQL = """
        (current_setting('synchronous_standby_names') <> ''
          AND (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') NOT IN ('off', 'local')
          AND NOT EXISTS (SELECT FROM pg_stat_replication WHERE coalesce(sync_state, 'sync') IN ('sync', 'quorum')))
        """

    /// Whether what the ledger says may be lost with this server: someone was interrupted while they waited for a standby.
    static func mayForget(_ session: Session) async throws -> Bool {
        try await session.value("SELECT NOT pg_is_in_recovery() AND \(synchronousStandbyIsMissing)")
    }

    /// Looks at the server. Sessions of ours are known by their processes.
    static func look(_ session: Session, ours: [Int]) async throws -> Look {
        // From 17 on the checkpointer has statistics of its own.
        let requested: SQL =
            session.serverVersion >= 17_00_00
            ? "(SELECT num_requested FROM pg_stat_checkpointer)" : "(SELECT checkpoints_req FROM pg_stat_bgwriter)"
        // A standby that was just connected, or a base backup, replays nothing yet.
        let row = try await session.run(
            """
            WITH here AS (SELECT pg_current_wal_lsn() AS lsn),
            standby AS (
              SELECT s.state IS NULL AS unseen, format('standby %s', s.application_name) AS name, s.replay_lag,
                     coalesce(s.replay_lsn, s.flush_lsn, s.write_lsn, s.sent_lsn) AS lsn
              FROM pg_stat_replication s WHERE s.state IS NULL OR s.state IN ('streaming', 'catchup')
              ORDER BY 1 DESC, lsn LIMIT 1),
            slot AS (
              SELECT format('slot %s', s.slot_name) AS name, pg_wal_lsn_diff(here.lsn, s.restart_lsn) AS bytes
              FROM pg_replication_slots s, here WHERE s.restart_lsn IS NOT NULL ORDER BY 2 DESC LIMIT 1),
            session AS (
              SELECT count(*) FILTER (WHERE a.state IN ('active', 'fastpath function call')) AS active,
                     count(*) FILTER (WHERE coalesce(a.state, 'disabled') = 'disabled') AS unseen
              FROM pg_stat_activity a
              WHERE a.datid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
                AND a.pid <> pg_backend_pid() AND a.pid <> ALL (\(ours)::int[])
                AND a.application_name IS DISTINCT FROM 'online-change')
            SELECT pg_wal_lsn_diff(here.lsn, '0/0')::bigint AS wal,
                   standby.name AS standby, coalesce(standby.unseen, false) AS standby_unseen,
                   pg_wal_lsn_diff(standby.lsn, '0/0')::bigint AS replayed,
                   CASE WHEN standby.lsn < here.lsn THEN extract(epoch FROM standby.replay_lag) END::float8 AS delay,
                   \(synchronousStandbyIsMissing) AS lacks_synchronous,
                   slot.name AS slot, slot.bytes::float8 AS retained,
                   (SELECT nullif(setting::float8, -1) * 1048576 FROM pg_settings
                    WHERE name = 'max_slot_wal_keep_size') AS slot_keep,
                   \(requested) AS requested,
                   (SELECT setting::bigint * 1048576 FROM pg_settings WHERE name = 'max_wal_size') AS max_wal,
                   session.active, session.unseen, current_setting('max_connections')::float8 AS max_connections,
                   (SELECT count(DISTINCT l.pid) FROM pg_locks l WHERE NOT l.granted AND l.pid <> ALL (\(ours)::int[])
                      AND pg_blocking_pids(l.pid) && \(ours)::int[])::float8 AS waiters
            FROM here CROSS JOIN session LEFT JOIN standby ON true LEFT JOIN slot ON true
            """
        ).rows[0]
        var look = Look()
        look.wal = try row["wal"]
        look.replayed = try row["replayed"]
        look.requestedCheckpoints = try row["requested"]
        look.maxWAL = try row["max_wal"]
        if let standby: String = try row["standby"] {
            let isUnseen: Bool = try row["standby_unseen"]
            let behind = look.replayed.map { Double(max(0, look.wal - $0)) }
            look.signals.lag = Reading(value: isUnseen ? nil : behind, holder: standby)
            look.signals.lagTime = Reading(value: isUnseen ? nil : try row["delay"] ?? 0, holder: standby)
        }
        look.signals.lacksSynchronousStandby = try row["lacks_synchronous"]
        look.signals.slotWAL = Reading(value: try row["retained"] ?? 0, holder: try row["slot"])
        look.signals.slotKeep = try row["slot_keep"]
        look.signals.unseenBackends = try row["unseen"]
        let active: Int = try row["active"]
        look.signals.activeBackends = Reading(value: Double(active + look.signals.unseenBackends))
        look.signals.maxConnections = try row["max_connections"]
        look.signals.lockWaiters = Reading(value: try row["waiters"])
        return look
    }

    /// How many sessions wait for a lock that one of these holds.
    static func waiters(behind ours: [Int], on session: Session) async throws -> Int {
        try await session.value(
            """
            SELECT count(DISTINCT l.pid) FROM pg_locks l WHERE NOT l.granted AND l.pid <> ALL (\(ours)::int[])
              AND pg_blocking_pids(l.pid) && \(ours)::int[]
            """
        )
    }

    /// The minute of the day where the hours are meant; nil if there is no such time zone.
    static func minute(_ hours: Hours, on session: Session) async throws -> Int? {
        do {
            return try await session.value(
                """
                SELECT (extract(hour FROM t) * 60 + extract(minute FROM t))::int
                FROM (SELECT clock_timestamp() AT TIME ZONE coalesce(\(hours.zone)::text, current_setting('TimeZone')) AS t) AS now
                """
            )
        } catch let error as PostgresError where error.state != nil {
            return nil
        }
    }
}
