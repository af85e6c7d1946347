import Postgres

/// Finds out whether something between here and the server gives each statement another server process.
///
/// Session locks and settings are lost there. A pooler announces a process of its own; then a second connection keeps
/// the first one's process busy, if it can get it, and the first is seen to change.
enum PoolerCheck {
    static func run(_ session: Session, parameters: ConnectionParameters) async throws {
        let process: Int = try await session.value("SELECT pg_backend_pid()")
        guard process != session.announcedBackend else { return }
        let rival = try await Session.open(parameters)
        defer { Task { await rival.close() } }
        try await rival.run("BEGIN")
        let other: Int = try await rival.value("SELECT pg_backend_pid()")
        let now: Int = try await session.value("SELECT pg_backend_pid()")
        await rival.rollback()
        guard now != process || other == process else { return }
        throw Failure(
            .refused,
            "a pooler between here and the server gives each statement another server process (transaction mode)",
            left: "Nothing was changed.",
            next: "Connect straight to the server, or to a port of the pooler in session mode."
        )
    }
}
