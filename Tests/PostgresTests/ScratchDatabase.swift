import Foundation
import Postgres
import Testing

/// The connection string of the server for tests.
let scratchServer = ProcessInfo.processInfo.environment["ONLINE_CHANGE_TEST_DSN"]

/// Runs a test in an empty database of its own, dropped afterwards, on the server that `ONLINE_CHANGE_TEST_DSN` names.
func withScratchDatabase(_ body: (ConnectionParameters) async throws -> Void) async throws {
    guard let server = scratchServer else { throw NoServer() }
    let database = Identifier("scratch_\(UInt64.random(in: .min ... .max))")
    let maintenance = try await Connection.open(ConnectionParameters(conninfo: server))
    try await maintenance.run(Query("CREATE DATABASE \(database) TEMPLATE template0"))
    let parameters = ConnectionParameters(conninfo: conninfo(server, database: database.name))
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await body(parameters))
    } catch {
        outcome = .failure(error)
    }
    // A cancelled test cleans up too.
    try await maintenance.run(Query("DROP DATABASE \(database) WITH (FORCE)"), cancellable: false)
    await maintenance.close()
    try outcome.get()
}

/// Runs a test with one connection to an empty database.
func withScratchConnection(_ body: (Connection) async throws -> Void) async throws {
    try await withScratchDatabase { parameters in
        let connection = try await Connection.open(parameters)
        try await body(connection)
        await connection.close()
    }
}

private struct NoServer: Error, CustomStringConvertible {
    let description = "ONLINE_CHANGE_TEST_DSN is not set: give the connection string of a server for tests"
}

/// In both forms of a connection string the later keyword wins.
private func conninfo(_ server: String, database: String) -> String {
    guard server.hasPrefix("postgres") && server.contains("://") else { return server + " dbname=" + database }
    return server + (server.contains("?") ? "&" : "?") + "dbname=" + database
}

/// Waits, for ten seconds at most, until a condition holds.
func eventually(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<1000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the condition did not come to hold", sourceLocation: sourceLocation)
}
