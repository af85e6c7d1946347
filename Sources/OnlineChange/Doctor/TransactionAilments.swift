import Postgres

/// Transactions that stay open: locks wait for them, and what a backfill makes dead can't be reused.
enum TransactionAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        let rows = try await subject.session.run(
            """
            SELECT a.pid, a.usename::text AS login, a.state, NULL AS prepared,
                   extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age, a.query,
                   a.state LIKE 'idle in transaction%' AS is_idle
            FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
              AND a.backend_type = 'client backend' AND a.application_name IS DISTINCT FROM 'online-change'
              AND a.xact_start < clock_timestamp()
                - make_interval(secs => CASE WHEN a.state LIKE 'idle in transaction%' THEN 1 ELSE 5 END * \(subject.patience)::float8)
            UNION ALL
            SELECT NULL, p.owner::text, 'prepared', p.gid,
                   extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL, false
            FROM pg_prepared_xacts p
            WHERE p.database = current_database()
              AND p.prepared < clock_timestamp() - make_interval(secs => \(subject.patience)::float8 / 6)
            ORDER BY age DESC
            """
        ).rows
        var found: [Ailment] = []
        for row in rows.prefix(10) {
            var blocker = Blocker(pid: try row["pid"], prepared: try row["prepared"], user: try row["login"])
            blocker.age = try row["age"]
            blocker.state = try row["state"]
            blocker.query = (try row["query"] as String?).map { StatementWords($0).shortened(to: 80) }
            let remedy: String
            if let pid = blocker.pid {
                let setting = try row["is_idle"] ? " See idle_in_transaction_session_timeout." : ""
                remedy = "Let it end, or: SELECT pg_terminate_backend(\(pid));\(setting)"
            } else {
                let name: SQL = "\(literal: blocker.prepared ?? "")"
                remedy = "COMMIT PREPARED \(name.text) or ROLLBACK PREPARED \(name.text), by whoever prepared it."
            }
            found.append(
                .hurts(
                    blocker.pid.map { "session \($0)" } ?? "prepared transaction '\(blocker.prepared ?? "")'",
                    "\(blocker.description): a change of a table that it has touched waits for its end, and swap for its "
                        + "snapshot",
                    remedy
                )
            )
        }
        return found
    }
}
