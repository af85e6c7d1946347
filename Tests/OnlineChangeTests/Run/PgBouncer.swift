import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing

@testable import ThrowawayPostgres

/// A pooler before the test server.
enum PgBouncer {
    /// Where packages put the program; nil where it isn't installed.
    static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Runs a pooler in the given mode before the test's database while `body` runs with parameters that lead to it.
    static func run(mode: String, _ body: @Sendable (ConnectionParameters) async throws -> Void) async throws {
        let cluster = try await TestServer.cluster
        let database = try TestDatabase.current
        let command = ServerCommand(user: try ServerUser.current(), ownSession: true)
        // In the cluster's folder: it goes with it.
        let folder = try await command("mktemp", ["-d", "\(cluster.folder)/b-XXXX"])
        let configuration = """
            [databases]
            * = host=\(cluster.socketDirectory) port=\(cluster.port) user=\(cluster.superuser)
            [pgbouncer]
            pool_mode = \(mode)
            auth_type = any
            listen_port = 6432
            unix_socket_dir = \(folder)
            """
        try configuration.write(toFile: "\(folder)/pgbouncer.ini", atomically: true, encoding: .utf8)
        _ = try await Subprocess.run(
            command.configuration(program ?? "", ["-q", "\(folder)/pgbouncer.ini"]),
            input: .none,
            output: .discarded,
            error: .discarded
        ) { pooler in
            let outcome: Result<Void, any Error>
            do {
                let parameters = ConnectionParameters(
                    conninfo: "host=\(folder) port=6432 dbname=\(database.name) user=\(cluster.superuser)"
                )
                try await eventually { (try? await Connection.open(parameters)) != nil }
                outcome = .success(try await body(parameters))
            } catch {
                outcome = .failure(error)
            }
            try pooler.send(signal: .kill)
            try outcome.get()
        }
    }
}
