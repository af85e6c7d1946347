import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct ConfirmationTests {
    /// Gives a program a terminal: util-linux's; others take other options.
    private static let script =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/script") ? "/usr/bin/script" : nil

    private func createTable() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "swap")
    }

    @Test("Nobody is asked where there is no terminal")
    func noTerminal() async throws {
        try await createTable()
        try await #expect(onlineChange("advance", "1").code == 0)
    }

    #if os(Linux)
        @Test("On a terminal drop asks; whatever is no yes changes nothing", .enabled(if: script != nil))
        func terminal() async throws {
            try await createTable()
            for answer in ["n", "", "maybe"] {
                let run = try await onTerminal("advance 1", typing: answer)
                #expect(run.code == 64)
                #expect(run.output.contains("This drops the legacy column of public.users, and there is no way back"))
                #expect(run.output.contains("not confirmed"))
            }
            try await #expect(TestDatabase.current.value("SELECT name FROM users") == "Ada")
            try await #expect(onTerminal("advance 1", typing: "y").code == 0)
            try await #expect(TestDatabase.current.value("SELECT full_name FROM users") == "Ada")
        }

        @Test("--yes is the answer", .enabled(if: script != nil))
        func yes() async throws {
            try await createTable()
            let run = try await onTerminal("advance 1 --yes", typing: "")
            #expect(run.code == 0)
            #expect(!run.output.contains("[y/N]"))
        }
    #endif

    private func onTerminal(_ arguments: String, typing answer: String) async throws -> CommandRun {
        let dsn = try TestDatabase.current.parameters.conninfo ?? ""
        return try await run(
            Self.script ?? "",
            ["-qec", "'\(binary)' \(arguments) --dsn \"$ONLINE_CHANGE_TEST_DSN\"", "/dev/null"],
            typing: answer + "\n",
            environment: ["ONLINE_CHANGE_TEST_DSN": dsn]
        )
    }
}
