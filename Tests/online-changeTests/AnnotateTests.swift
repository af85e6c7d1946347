import Postgres
import TestSupport
import Testing

@Suite(.database) struct AnnotateTests {
    private let change = "users.name-to-full_name"

    @Test("Every command that acts leaves its word in the audit trail, with who gave it")
    func trail() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (id int, name text)")
        let commands = [
            ["rename-column", "users", "name", "full_name", "--through", "expand"], ["pause", change],
            ["resume", change], ["tune", change, "--workers", "1"], ["advance", change], ["verify", change],
            ["rollback", change],
        ]
        for command in commands {
            let run = try await run(
                binary,
                command + ["--annotate", "\(command[0]) for OPS-7", "--dsn", TestDatabase.current.dsn],
                environment: ["CI_JOB_URL": "https://git.example/-/jobs/7"]
            )
            #expect(run.code == 0)
        }
        let notes: String = try await TestDatabase.current.value(
            "SELECT string_agg(what, '; ' ORDER BY id) FROM online_change.audit WHERE what LIKE 'annotation: %'"
        )
        #expect(
            notes
                == commands.map { "annotation: \($0[0]) for OPS-7" }.joined(separator: "; ")
        )
        try await #expect(
            TestDatabase.current.value(
                "SELECT bool_and(origin LIKE '%@% (pid %), https://git.example/-/jobs/7') FROM online_change.audit"
            )
        )
    }

    @Test("A word that is none")
    func blank() async throws {
        let run = try await onlineChange("verify", change, "--annotate", " ")
        #expect(run.code == 64)
        #expect(run.errors.contains("--annotate takes a text of 1 to 500 characters."))
    }
}
