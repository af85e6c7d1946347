import Foundation
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

/// A primary with a standby that takes over when it dies.
struct Failover: Sendable {
    let primary: ThrowawayCluster
    let standby: Standby

    /// Starts both.
    ///
    /// - Parameter isSynchronous: whether a COMMIT waits for the standby.
    init(isSynchronous: Bool) async throws {
        primary = try await ThrowawayCluster.start(settings: ["shared_buffers": "32MB", "max_connections": "60"])
        standby = try await Standby.start(of: primary)
        // Only now, or the copy would wait for a standby of its own.
        if isSynchronous { try await configure("synchronous_standby_names = '*'", on: primary) }
    }

    /// Both servers, the primary first.
    ///
    /// - Parameter onlyPrimary: whether a connection is to one that can be written to.
    func parameters(onlyPrimary: Bool = true) -> ConnectionParameters {
        let (first, second) = (primary, standby.cluster)
        return ConnectionParameters(
            conninfo: "host='\(first.socketDirectory),\(second.socketDirectory)' port='\(first.port),\(second.port)' "
                + "user='\(first.superuser)' dbname='postgres'\(onlyPrimary ? " target_session_attrs=read-write" : "")"
        )
    }

    /// The old primary alone.
    var primaryParameters: ConnectionParameters { ConnectionParameters(conninfo: primary.dsn()) }

    /// The new one alone.
    var standbyParameters: ConnectionParameters { ConnectionParameters(conninfo: standby.cluster.dsn()) }

    /// From here on the standby hears nothing of the primary.
    func detach() async throws {
        try await configure("primary_conninfo = ''", on: standby.cluster)
        let connection = try await Connection.open(primaryParameters)
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT NOT EXISTS (SELECT FROM pg_stat_replication)")
        }
        await connection.close()
    }

    /// The primary dies, and the standby takes over with what it has.
    ///
    /// - Returns: the position of the backfill that the standby had.
    func happen(pause: Duration = .zero) async throws -> BackfillPosition? {
        try await primary.kill()
        let connection = try await Connection.open(standbyParameters)
        try await eventually { try await Self.hasReplayed(connection) }
        let position = try await BackfillPosition.read(connection)
        try await Task.sleep(for: pause)
        try await connection.run("SELECT pg_promote()")
        await connection.close()
        return position
    }

    /// Whether the standby has replayed what it got. That may end amid a record, for which it waits in vain; twice in a
    /// row, since it waits for a moment too before it sees what has just come.
    private static func hasReplayed(_ connection: Connection) async throws -> Bool {
        let isDone: Query = """
            SELECT pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() OR EXISTS (
              SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
                AND wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval'))
            """
        guard try await connection.value(isDone) else { return false }
        try await Task.sleep(for: .milliseconds(200))
        return try await connection.value(isDone)
    }

    func end() async throws {
        try await standby.cluster.destroy()
        try await primary.destroy()
    }

    private func configure(_ setting: SQL, on cluster: ThrowawayCluster) async throws {
        let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn()))
        let statement: SQL = "ALTER SYSTEM SET \(setting)"
        try await connection.run(Query(statement))
        try await connection.run("SELECT pg_reload_conf()")
        await connection.close()
    }
}
