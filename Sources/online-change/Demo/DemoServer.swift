import OnlineChange
import Oracles
import Postgres
import ThrowawayPostgres

/// The demo's private server, with a database to change online and one to change by the plain statement.
struct DemoServer: Sendable {
    private static let database: Identifier = "demo"
    private static let plainDatabase: Identifier = "plain"

    private let cluster: ThrowawayCluster

    /// The server's version, such as `15.18`.
    var version: String { "\(cluster.binaries.version)" }

    /// Where the table is.
    var parameters: ConnectionParameters { parameters(Self.database) }

    /// Runs a body with a server of its own, which is gone afterwards however the body ended.
    static func with<Result: Sendable>(_ body: (DemoServer) async throws -> Result) async throws -> Result {
        do {
            let cluster = try await ThrowawayCluster.start()
            let result: Result
            do {
                let server = DemoServer(cluster: cluster)
                try await server.connected(to: "postgres") { connection in
                    try await connection.run("CREATE DATABASE \(database)")
                    try await connection.run("CREATE DATABASE \(plainDatabase)")
                }
                result = try await body(server)
            } catch {
                try? await cluster.destroy()
                throw error
            }
            try await cluster.destroy()
            return result
        } catch {
            // A program that was killed because we were is no failure of its own.
            guard !Task.isCancelled else {
                throw Failure(.interrupted, "interrupted", left: "The private server and its data are gone.")
            }
            guard let problem = error as? ThrowawayPostgresError else { throw error }
            throw Failure(.unreachable, "no private server: \(problem)")
        }
    }

    /// Runs a body with a connection to the database with the table.
    func connected<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
        try await connected(to: Self.database, body)
    }

    /// What the catalog differs in from that of the same tables after `ALTER TABLE … RENAME COLUMN`.
    func differencesFromPlainRename() async throws -> [String] {
        let plain = try await connected(to: Self.plainDatabase) { connection in
            try await DemoSchema.create(on: connection, rows: 0)
            try await connection.run(
                "ALTER TABLE \(DemoSchema.table) RENAME COLUMN \(DemoSchema.oldName) TO \(DemoSchema.newName)"
            )
            return try await CatalogPortrait.take(on: connection)
        }
        return try await connected { try await CatalogPortrait.take(on: $0) }.differences(from: plain)
    }

    private func parameters(_ database: Identifier) -> ConnectionParameters {
        ConnectionParameters(conninfo: cluster.dsn(database: database.name))
    }

    private func connected<Result: Sendable>(
        to database: Identifier,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await Connection.open(parameters(database))
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}
