import Foundation
import Postgres
import Testing
import ThrowawayPostgres

/// The throw-away server that all tests of one process share: started by whoever asks first, gone with the process.
public enum TestServer {
    // Detached: neither the cancellation nor the identity of the test that asks first is the server's.
    private static let start = Task.detached {
        try await ThrowawayCluster.start(settings: ["max_connections": "300"])
    }

    /// The server, once it runs.
    ///
    /// Tests that change settings, restart or kill it start a `ThrowawayCluster` of their own.
    public static func shared() async throws -> ThrowawayCluster {
        try await start.value
    }

    /// A connection to the database `postgres`, for what isn't done from within a test's own database.
    public static func connect() async throws -> Connection {
        try await Connection.open(ConnectionParameters(conninfo: shared().dsn()))
    }

    /// Work that a cancelled test must get done too, hence in a task of its own.
    static func maintain(_ work: @escaping @Sendable (Connection) async throws -> Void) async throws {
        try await Task.detached {
            let connection = try await connect()
            try await work(connection)
            await connection.close()
        }.value
    }

    /// The server's version as `Connection.serverVersion` gives it, for `.enabled`.
    public static func version() async throws -> Int {
        let connection = try await connect()
        await connection.close()
        return connection.serverVersion
    }

    /// Whether `CREATE EXTENSION` would find it.
    public static func hasExtension(_ name: String) async throws -> Bool {
        let connection = try await connect()
        let found: Bool = try await connection.value(
            "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = \(name))"
        )
        await connection.close()
        return found
    }
}

extension Trait where Self == ConditionTrait {
    /// Disables the test where the server comes without one of these extensions, as packages of PostgreSQL may.
    public static func extensions(_ names: String...) -> Self {
        .enabled("the server lacks one of: \(names.joined(separator: ", "))") {
            for name in names where try await !TestServer.hasExtension(name) { return false }
            return true
        }
    }

    /// Disables the test on servers older than this major version.
    public static func serverVersion(from major: Int) -> Self {
        .enabled("the server is older than PostgreSQL \(major)") { try await TestServer.version() >= major * 10_000 }
    }
}
