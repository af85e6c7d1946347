import Foundation
import Postgres
import Synchronization

/// Runs a body with a role of its own, which is dropped afterwards with all that it owns in the current database.
///
/// Roles belong to the whole server; a name of its own keeps tests that run at once apart.
public func withRole(_ attributes: SQL = "LOGIN", _ body: (Identifier) async throws -> Void) async throws {
    let number = counter.add(1, ordering: .relaxed).newValue
    let role = Identifier("role_\(ProcessInfo.processInfo.processIdentifier)_\(number)")
    let connection = try await TestDatabase.current.connect()
    try await connection.run("CREATE ROLE \(role) \(attributes)")
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await body(role))
    } catch {
        outcome = .failure(error)
    }
    try await connection.run("DROP OWNED BY \(role) CASCADE", cancellable: false)
    try await connection.run("DROP ROLE \(role)", cancellable: false)
    await connection.close()
    try outcome.get()
}

private let counter = Atomic(0)
