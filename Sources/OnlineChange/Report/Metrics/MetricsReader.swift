import Postgres

extension Metrics {
    /// Seconds for which a change that has ended is still told of.
    public static let memory = 7 * 86400.0

    /// Reads what the ledger and the server's statistics have of a database's changes: all that are unfinished, and
    /// those that ended in the last seven days. A database without a ledger has none.
    ///
    /// - Throws: `Failure.privilege` if the ledger can't be read.
    public static func read(_ session: Session) async throws -> Metrics {
        let database: String = try await session.value("SELECT current_database()")
        guard try await LedgerAccess.open(session) else { return Metrics(database: database, changes: []) }
        var changes: [Change] = []
        for record in try await Ledger(session: session).changes() {
            if let change = try await change(record, session) { changes.append(change) }
        }
        return Metrics(database: database, changes: changes)
    }

    /// Connects, reads and disconnects.
    public static func read(_ parameters: ConnectionParameters) async throws -> Metrics {
        let session = try await Session.open(parameters)
        do {
            let metrics = try await read(session)
            await session.close()
            return metrics
        } catch {
            await session.close()
            throw error
        }
    }

    /// Nil if the change ended long ago.
    private static func change(_ record: ChangeRecord, _ session: Session) async throws -> Change? {
        let row = try await session.run(
            """
            SELECT c.recipe, extract(epoch FROM c.started_at)::float8 AS started,
                   extract(epoch FROM c.finished_at)::float8 AS finished,
                   CASE WHEN c.finished_at IS NULL THEN extract(epoch FROM c.heartbeat)::float8 END AS heartbeat,
                   coalesce(a.waited, 0)::float8 AS waited, coalesce(a.retries, 0)::bigint AS retries,
                   v.ended, v.rows, v.remaining
            FROM online_change.change c
            CROSS JOIN LATERAL (
              SELECT sum(waited) AS waited, sum(retries) AS retries FROM online_change.audit WHERE change_id = c.id) a
            LEFT JOIN LATERAL (
              SELECT extract(epoch FROM max(ended_at))::float8 AS ended, sum(rows)::bigint AS rows,
                     sum(differences - repaired)::bigint AS remaining
              FROM (SELECT DISTINCT ON (place) * FROM online_change.verification WHERE change_id = c.id
                    ORDER BY place, id DESC) latest) v ON true
            WHERE c.id = \(record.id)
              AND (c.finished_at IS NULL OR c.finished_at > clock_timestamp() - make_interval(secs => \(memory)))
            """
        ).rows.first
        guard let row else { return nil }
        let ended: Double? = try row["ended"]
        return Change(
            status: try await ChangeStatus(record, session: session),
            recipe: try row["recipe"],
            started: try row["started"],
            finished: try row["finished"],
            heartbeat: try row["heartbeat"],
            lockWait: try row["waited"],
            lockRetries: try row["retries"],
            verification: try ended.map {
                Change.Verification(ended: $0, rows: try row["rows"], remaining: try row["remaining"])
            }
        )
    }
}
