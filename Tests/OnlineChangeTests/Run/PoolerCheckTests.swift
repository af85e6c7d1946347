import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database, .enabled(if: PgBouncer.program != nil)) struct PoolerCheckTests {
    private let refusal = Failure(
        .refused,
        "a pooler between here and the server gives each statement another server process (transaction mode)",
        left: "Nothing was changed.",
        next: "Connect straight to the server, or to a port of the pooler in session mode."
    )

    @Test(
        "Transaction mode is refused, and no application inherits a setting of ours",
        arguments: ["transaction", "statement"]
    )
    func transactionMode(mode: String) async throws {
        try await PgBouncer.run(mode: mode) { parameters in
            await #expect(throws: refusal) { try await Session.open(parameters) }
            let application = try await Connection.open(parameters)
            try await #expect(application.value("SHOW row_security") == "on")
            try await #expect(application.value("SHOW lock_timeout") == "0")
            await application.close()
        }
    }

    @Test("Session mode works through every phase")
    func sessionMode() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        try await PgBouncer.run(mode: "session") { parameters in
            let request = ChangeRequest(
                recipe: try RecipeReader.builtIn("rename-column"),
                table: "users",
                columns: ["from": "name", "to": "full_name"]
            )
            try await Runner(parameters: parameters) { _ in }.start(request, through: "drop")
        }
        try await #expect(TestDatabase.current.value("SELECT full_name FROM users") == "Ada")
    }
}
