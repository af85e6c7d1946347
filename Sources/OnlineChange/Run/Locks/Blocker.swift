import Postgres

/// A transaction that holds a lock in our way.
public struct Blocker: Codable, Hashable, Sendable, CustomStringConvertible {
    /// Its server process; nil for a prepared transaction.
    public var pid: Int?
    /// The name of a prepared transaction.
    public var prepared: String?
    /// Its role.
    public var user: String?
    /// Age of the transaction in seconds; nil if we may not see it.
    public var age: Double?
    /// `active`, `idle in transaction` …
    public var state: String?
    /// Its present or last statement, shortened.
    public var query: String?

    /// What tells a transaction from another one.
    struct Identity: Hashable, Sendable {
        let pid: Int?
        let prepared: String?
    }

    var identity: Identity { Identity(pid: pid, prepared: prepared) }

    /// Who holds locks on the tables, and on partitions that are locked with them, that conflict with those asked for.
    ///
    /// The session should be one whose role sees others' activity: the login role's, not the table owner's.
    /// A prepared transaction has no process; the lock on its own number, which it alone holds, tells which it is.
    /// Autovacuum workers are left out: they give way to our weak lock. One that prevents wraparound doesn't, and stays.
    static func holding(_ locks: [TableLock], on session: Session) async throws -> [Blocker] {
        var found: [Blocker] = []
        for lock in locks {
            let rows = try await session.run(
                """
                SELECT l.pid, coalesce(a.usename, x.owner)::text AS login, a.state,
                       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, x.prepared))::float8 AS age,
                       left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) AS query, x.gid AS prepared
                FROM pg_locks l
                LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                LEFT JOIN pg_locks own ON l.pid IS NULL AND own.pid IS NULL AND own.locktype = 'transactionid'
                  AND own.virtualtransaction = l.virtualtransaction
                LEFT JOIN pg_prepared_xacts x ON x.transaction = own.transactionid
                WHERE l.locktype = 'relation' AND l.granted
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND l.relation IN (SELECT to_regclass(\(lock.table.quoted))
                    UNION ALL SELECT relid FROM pg_partition_tree(to_regclass(\(lock.table.quoted))) WHERE \((lock.reach ?? .partitions) == .partitions))
                  AND l.mode = ANY (\(lock.mode.conflicting)::text[])
                  AND l.pid IS DISTINCT FROM pg_backend_pid()
                  AND (a.backend_type IS DISTINCT FROM 'autovacuum worker' OR a.query LIKE '%to prevent wraparound%')
                """
            ).rows
            for row in rows {
                let blocker = Blocker(
                    pid: try row["pid"],
                    prepared: try row["prepared"],
                    user: try row["login"],
                    age: try row["age"],
                    state: try row["state"],
                    query: try row["query"]
                )
                if !found.contains(where: { $0.identity == blocker.identity }) { found.append(blocker) }
            }
        }
        return found
    }

    /// `pid 4711 (app, idle in transaction for 12 s): SELECT …`
    public var description: String {
        let who = pid.map { "pid \($0)" } ?? "prepared transaction '\(prepared ?? "?")'"
        let since = age.map { "for \(Seconds.text($0))" }
        let doing = [state, since].compactMap { $0 }.joined(separator: " ")
        let details = [user ?? "", doing].filter { !$0.isEmpty }.joined(separator: ", ")
        return who + (details.isEmpty ? "" : " (\(details))") + (query.map { ": \($0)" } ?? "")
    }
}
