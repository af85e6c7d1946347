import Foundation
import Postgres
import ThrowawayPostgres

/// The one server that all tests of a process share. It ends with the process.
public enum TestServer {
    // Detached: neither the cancellation nor the identity of the test that asks first is the server's.
    private static let starting = Task.detached {
        try await ThrowawayCluster.start(settings: [
            "max_connections": "400",
            "max_prepared_transactions": "20",
            "wal_level": "logical",
            "fsync": "off",
        ])
    }

    /// The cluster, started at the first use.
    public static var cluster: ThrowawayCluster {
        get async throws { try await starting.value }
    }

    /// Parameters of a connection to a database, as the superuser or another role.
    public static func parameters(database: String = "postgres", user: String? = nil) async throws
        -> ConnectionParameters
    {
        ConnectionParameters(conninfo: try await cluster.dsn(database: database, user: user))
    }

    /// Work that a cancelled test must get done too, hence in a task of its own.
    static func maintain(_ work: @escaping @Sendable (Connection) async throws -> Void) async throws {
        try await Task.detached {
            let connection = try await Connection.open(parameters())
            try await work(connection)
            await connection.close()
        }.value
    }

    /// Whether the server can create an extension; builds without contrib lack most.
    public static func hasExtension(_ name: String) async -> Bool {
        do {
            let connection = try await Connection.open(parameters())
            let has: Bool = try await connection.value(
                "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = \(name))"
            )
            await connection.close()
            return has
        } catch {
            return false
        }
    }

    /// The server's version: 150018 is 15.18. Zero if it does not start.
    public static var version: Int {
        get async {
            guard let connection = try? await Connection.open(parameters()) else { return 0 }
            await connection.close()
            return connection.serverVersion
        }
    }
}
