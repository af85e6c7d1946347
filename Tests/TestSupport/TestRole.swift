import Foundation
import Postgres
import Synchronization
import Testing

/// Runs a body with a role of its own, which is dropped afterwards with all that it owns in the current database.
///
/// Roles belong to the whole server; a name of its own keeps tests that run at once apart.
public func withRole<Value>(_ attributes: SQL = "LOGIN", _ body: (Identifier) async throws -> Value) async throws
    -> Value
{
    let number = counter.add(1, ordering: .relaxed).newValue
    let role = Identifier("role_\(ProcessInfo.processInfo.processIdentifier)_\(number)")
    let database = try TestDatabase.current
    try await TestServer.maintain { try await $0.run("CREATE ROLE \(role) \(attributes)") }
    let outcome: Result<Value, any Error>
    do {
        outcome = .success(try await body(role))
    } catch {
        outcome = .failure(error)
    }
    do {
        try await TestServer.maintain { maintenance in
            // An open transaction of the role's could hold locks on what is to go.
            try await maintenance.run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = \(role.name)"
            )
            try await database.run("SET lock_timeout = '10s'; DROP OWNED BY \(role) CASCADE")
            try await maintenance.run("DROP ROLE \(role)")
        }
    } catch {
        Issue.record(error, "role \(role) could not be dropped")
    }
    return try outcome.get()
}

private let counter = Atomic(0)
