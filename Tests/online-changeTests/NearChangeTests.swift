import FlyingFox
import Postgres
import TestSupport
import Testing

@testable import online_change

@Suite(.database) struct NearChangeTests {
    @Test("A change that was mistyped is told by its name")
    func mistyped() async throws {
        let none = try await onlineChange("advance", "users.name-to-full_name")
        #expect(none.errors.contains("there is no change 'users.name-to-full_name': this database has no ledger yet\n"))
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        for command in ["advance", "status", "rollback", "verify", "pause"] {
            let run = try await onlineChange(command, "usres.name-to-full_name")
            #expect(run.code == 78)
            #expect(
                run.errors == """
                    online-change: there is no change 'usres.name-to-full_name'
                      Nothing was changed.
                      Did you mean users.name-to-full_name? online-change status lists all changes.

                    """
            )
        }
        let far = try await onlineChange("resume", "nothing-like-it")
        #expect(far.errors.hasSuffix("\n  online-change status lists the changes.\n"))
        try await onlineChange("rollback", "1")
        let ended = try await onlineChange("pause", "1")
        #expect(ended.errors.contains("the change users.name-to-full_name is rolled back: no backfill is left"))
    }

    @Test("The shell is offered the changes that have not ended")
    func completion() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text, email text)")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("rename-column", "users", "email", "address", "--through", "expand")
        try await onlineChange("rollback", "2")
        let offered = await ChangeCompletion.names(try TestDatabase.current.parameters, within: .seconds(60))
        #expect(offered == ["users.name-to-full_name"])
        let nobody = try await onlineChange(
            "---completion",
            "advance",
            "--",
            "positional@0",
            "2",
            "0",
            "advance",
            "",
            dsn: "host=127.0.0.1 port=1"
        )
        #expect(nobody.code == 0)
        #expect(["", "\n"].contains(nobody.output))
        #expect(nobody.errors.isEmpty)
    }

    @Test("Where a server takes the connection and says nothing, the shell is not kept waiting")
    func silence() async throws {
        // What waits for a line does not answer to PostgreSQL's first message, which has none.
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port)? = await server.listeningAddress else {
            Issue.record("it does not listen")
            return
        }
        let start = ContinuousClock.now
        let names = await ChangeCompletion.names(
            ConnectionParameters(conninfo: "host=127.0.0.1 port=\(port)"),
            within: .milliseconds(100)
        )
        #expect(names.isEmpty)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test(
        arguments: [
            (["advance", "--dsn", "'dbname=a b'"], "dbname=a b"), (["--dsn=dbname=a", "advance"], "dbname=a"),
            (["advance", "--dsn"], nil), (["advance"], nil),
        ]
    )
    func parameters(words: [String], expected: String?) {
        #expect(ChangeCompletion.parameters(words).conninfo == expected)
    }
}
