import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

/// A streaming standby of a throwaway cluster, on the same machine.
struct Standby: Sendable {
    let cluster: ThrowawayCluster

    /// Makes one of a copy of the primary, and waits until it streams.
    static func start(of primary: ThrowawayCluster) async throws -> Standby {
        let cluster = try await ThrowawayCluster.start()
        try await cluster.stop()
        let connection = try await Connection.open(ConnectionParameters(conninfo: primary.dsn()))
        let data = "\(cluster.folder)/data"
        let copy = """
            rm -rf \(data) && \(primary.binaries.path(of: "pg_basebackup")) -D \(data) -R -X stream -c fast --no-sync \
            -h \(primary.socketDirectory) -p \(primary.port) -U \(primary.superuser) 2>&1 >/dev/null && \
            echo "unix_socket_directories = '\(cluster.socketDirectory)'" >> \(data)/postgresql.conf && \
            echo "cluster_name = 'replica'" >> \(data)/postgresql.conf
            """
        // The server runs it as the user that both belong to.
        let statement: SQL = "COPY (SELECT) TO PROGRAM \(literal: copy)"
        try await connection.run(Query(statement))
        try await cluster.startAgain()
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')")
        }
        await connection.close()
        return Standby(cluster: cluster)
    }

    /// Runs a function on it.
    func call(_ function: SQL) async throws {
        let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn()))
        try await connection.run("SELECT \(function)")
        await connection.close()
    }
}
