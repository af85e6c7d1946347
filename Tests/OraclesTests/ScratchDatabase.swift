import Foundation
import Postgres
import Synchronization
import Testing

/// Runs a test in a database of its own on the server that ONLINE_CHANGE_TEST_DSN names (`keyword=value` form).
func withScratchDatabase(_ body: (ConnectionParameters) async throws -> Void) async throws {
    let server = try #require(ProcessInfo.processInfo.environment["ONLINE_CHANGE_TEST_DSN"])
    let number = counter.add(1, ordering: .relaxed).newValue
    let database = Identifier("oracles_\(ProcessInfo.processInfo.processIdentifier)_\(number)")
    let maintenance = try await Connection.open(ConnectionParameters(conninfo: server + " dbname=postgres"))
    try await maintenance.run("CREATE DATABASE \(database) TEMPLATE template0")
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await body(ConnectionParameters(conninfo: server + " dbname=\(database)")))
    } catch {
        outcome = .failure(error)
    }
    try await maintenance.run("DROP DATABASE \(database) WITH (FORCE)")
    await maintenance.close()
    try outcome.get()
}

private let counter = Atomic(0)
