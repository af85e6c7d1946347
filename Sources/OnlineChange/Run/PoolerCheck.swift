import Postgres

/// Finds out whether something between here and the server gives each statement another server process.
///
/// Session locks and settings are lost there, and settings stay with a process that an application gets next: so
/// nothing may be set before this check. A pooler announces a process of its own; then a second connection keeps the
/// first one's process busy, if it can get it, and the first is seen to change.
enum PoolerCheck {
    static func run(_ connection: Connection, parameters: ConnectionParameters) async throws {
        let process: Int = try await connection.value("SELECT pg_catalog.pg_backend_pid()")
        guard process != connection.announcedBackend else { return }
        let rival = try await Connection.open(parameters)
        defer { Task { await rival.close() } }
        do {
            try await rival.run("BEGIN")
        } catch {
            // A pooler that gives out a process for each statement knows no transactions.
            throw error.description.contains("statement pooling") ? refusal : error
        }
        let other: Int = try await rival.value("SELECT pg_catalog.pg_backend_pid()")
        let now: Int = try await connection.value("SELECT pg_catalog.pg_backend_pid()")
        try await rival.run("ROLLBACK", cancellable: false)
        guard now == process, other != process else { throw refusal }
    }

    private static let refusal = Failure(
        .refused,
        "a pooler between here and the server gives each statement another server process (transaction mode)",
        left: "Nothing was changed.",
        next: "Connect straight to the server, or to a port of the pooler in session mode."
    )
}
