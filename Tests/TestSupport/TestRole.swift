import Postgres
import Testing

/// Runs the body with a role of its own, dropped afterwards together with what it owns and was granted.
///
/// Roles belong to the whole server, so tests must not agree on names for them. Inside a test with a database, the
/// role's objects there go too; elsewhere it must own nothing.
///
/// - Parameter options: what follows the name in `CREATE ROLE`, such as `LOGIN` or `NOLOGIN BYPASSRLS`.
public func withRole<Value>(
    _ options: SQL = "LOGIN",
    _ body: (Identifier) async throws -> Value
) async throws -> Value {
    let role = Identifier("role_\(UInt64.random(in: .min ... .max))")
    try await TestServer.maintain { try await $0.run("CREATE ROLE \(role) \(options)") }
    let outcome: Result<Value, any Error>
    do {
        outcome = .success(try await body(role))
    } catch {
        outcome = .failure(error)
    }
    let database = try? TestDatabase.current
    do {
        try await TestServer.maintain { maintenance in
            // An open transaction of the role's could hold locks on what is to go.
            try await maintenance.run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = \(role.name)"
            )
            try await database?.run("DROP OWNED BY \(role) CASCADE")
            try await maintenance.run("DROP OWNED BY \(role) CASCADE")
            try await maintenance.run("DROP ROLE \(role)")
        }
    } catch {
        Issue.record(error, "role \(role) could not be dropped")
    }
    return try outcome.get()
}
