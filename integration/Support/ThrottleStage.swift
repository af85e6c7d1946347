import Postgres
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// The server on which signals rise and fall: a primary with a standby, and sessions of an application.
final class ThrottleStage: Sendable {
    let primary: ThrowawayCluster
    let standby: Standby
    let parameters: ConnectionParameters
    let connection: Connection
    private let running = Mutex<[Task<Void, any Error>]>([])
    private let reader = Mutex<Connection?>(nil)

    init() async throws {
        // Commits that wait for the disk can be made slow.
        primary = try await ThrowawayCluster.start(settings: [
            "fsync": "on", "autovacuum": "off", "max_wal_size": "64MB", "min_wal_size": "32MB",
        ])
        standby = try await Standby.start(of: primary)
        parameters = ConnectionParameters(conninfo: primary.dsn())
        connection = try await Connection.open(
            ConnectionParameters(conninfo: primary.dsn(), applicationName: "application")
        )
        try await connection.run("CREATE TABLE brake AS SELECT false AS stop")
    }

    func writeWAL(megabytes: Int) async throws {
        try await connection.run(
            """
            SELECT pg_logical_emit_message(false, 'noise', repeat('x', 1048576)) FROM generate_series(1, \(megabytes)::int)
            """
        )
    }

    /// Sets what a reload takes up.
    func configure(_ settings: [SQL]) async throws {
        for setting in settings {
            let statement: SQL = "ALTER SYSTEM SET \(setting)"
            try await connection.run(Query(statement))
        }
        try await connection.run("SELECT pg_reload_conf()")
    }

    /// Opens sessions that each run a statement until they are ended.
    func openSessions(_ count: Int, running statement: Query) async throws {
        for _ in 1...count {
            let session = try await Connection.open(
                ConnectionParameters(conninfo: parameters.conninfo, applicationName: "crowd")
            )
            running.withLock { $0.append(Task { _ = try await session.run(statement) }) }
        }
    }

    func endSessions() async throws {
        try await connection.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'crowd'"
        )
        for task in running.withLock({ $0 }) { _ = await task.result }
    }

    /// Opens a transaction on the standby that keeps its snapshot, and waits until the primary knows of it.
    func openReader() async throws {
        let session = try await Connection.open(ConnectionParameters(conninfo: standby.cluster.dsn()))
        try await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try await session.run("SELECT count(*) FROM brake")
        reader.withLock { $0 = session }
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE backend_xmin IS NOT NULL)")
        }
    }

    func endReader() async throws {
        let session = reader.withLock { $0.take() }
        await session?.close()
    }

    func end() async throws {
        await connection.close()
        try await standby.cluster.destroy()
        try await primary.destroy()
    }
}
