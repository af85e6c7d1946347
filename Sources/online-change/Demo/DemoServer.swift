import OnlineChange
import Oracles
import Postgres
import ThrowawayPostgres

/// The demo's private server, with two databases alike.
struct DemoServer: Sendable {
    /// Its databases.
    enum Database: String, CaseIterable {
        /// The one whose column is changed online.
        case online
        /// Its twin, which is left in peace meanwhile and gets the plain statement in the end.
        case plain
    }

    private let cluster: ThrowawayCluster

    /// The server's version, such as `15.18`.
    var version: String { "\(cluster.binaries.version)" }

    /// Where a database is.
    func parameters(_ database: Database) -> ConnectionParameters {
        ConnectionParameters(conninfo: cluster.dsn(database: database.rawValue))
    }

    /// What leads libpq's programs to the database whose column is changed.
    var environment: [String: String] {
        [
            "PGHOST": cluster.socketDirectory, "PGPORT": "\(cluster.port)", "PGUSER": cluster.superuser,
            "PGDATABASE": Database.online.rawValue,
        ]
    }

    /// Runs a body with a server of its own, which is gone afterwards however the body ended.
    static func with<Result: Sendable>(_ body: (DemoServer) async throws -> Result) async throws -> Result {
        do {
            let cluster = try await ThrowawayCluster.start()
            let result: Result
            do {
                let server = DemoServer(cluster: cluster)
                try await server.makeDatabases()
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

    /// What the catalog differs in from that of the twin after the plain statements.
    func differences(fromPlain story: DemoStory) async throws -> [String] {
        let plain = try await connected(to: .plain) { connection in
            for statement in story.plain.statements { try await connection.run(Query(statement)) }
            return try await CatalogPortrait.take(on: connection)
        }
        return try await connected(to: .online) { try await CatalogPortrait.take(on: $0) }
            .differences(from: plain, ignoringColumnOrder: !story.keepsColumnOrder)
    }

    /// Runs a body with a connection to a database.
    func connected<Result: Sendable>(
        to database: Database,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        try await Self.connected(parameters(database), body)
    }

    private func makeDatabases() async throws {
        try await Self.connected(ConnectionParameters(conninfo: cluster.dsn())) { connection in
            for database in Database.allCases {
                try await connection.run("CREATE DATABASE \(Identifier(database.rawValue))")
            }
        }
    }

    private static func connected<Result: Sendable>(
        _ parameters: ConnectionParameters,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await Connection.open(parameters)
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
