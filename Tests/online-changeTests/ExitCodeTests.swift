import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct ExitCodeTests {
    @Test(
        "A command line that makes no sense ends with 64",
        arguments: [
            ["renam-column", "users", "name", "full_name"], ["status", "--wach"], ["rename-column", "users", "name"],
            ["rename-column", "users", "name", "full_name", "--through", "swop"],
            ["rename-column", "users", "name", "full_name", "--lock-timeout", "0"],
            ["rename-column", "users", "name", "full_name", "--lock-timeout", "soon"],
            ["rename-column", "users", "name", "full_name", "--lock-deadline", "-3s"],
            ["rename-column", "users", "name", "full_name", "--batch-time", "0"],
            ["rename-column", "users", "name", "full_name", "--workers", "65"],
            ["tune", "users.name-to-full_name"], ["tune", "1", "--lag-limit", "0"], ["advance"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let run = try await run(binary, arguments)
        #expect(run.code == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("Error: "))
    }

    @Test("A mistyped command is answered with the one that may have been meant")
    func mistyped() async throws {
        let near = try await run(binary, ["rename-colum", "users", "name", "full_name"])
        #expect(near.code == 64)
        #expect(near.errors.contains("there is no command 'rename-colum'; did you mean rename-column?"))
        let far = try await run(binary, ["migrate"])
        #expect(far.code == 64)
        #expect(far.errors.contains("there is no command 'migrate'\n"))
    }

    @Test("A text that is no name ends with 64 too")
    func noName() async throws {
        let run = try await onlineChange("rename-column", "my users", "name", "full_name")
        #expect(run.code == 64)
        #expect(run.errors.contains("which a name may have only in double quotes"))
    }

    @Test("A server that isn't there")
    func unreachable() async throws {
        let run = try await onlineChange("status", dsn: "host=/nonexistent dbname=shop password=open-sesame")
        #expect(run.code == 69)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("online-change: "))
        #expect(!run.errors.contains("open-sesame"))
    }

    @Test func missingPrivilege() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await withRole { role in
            let dsn = try await TestDatabase.current.parameters(as: role).conninfo
            let run = try await onlineChange("rename-column", "users", "name", "full_name", dsn: dsn)
            #expect(run.code == 77)
            #expect(
                run.errors.hasPrefix(
                    "online-change: role \(role): only the owner of table public.users, postgres, can change it\n"
                        + "  Nothing was changed.\n  Connect as postgres"
                )
            )
        }
    }

    @Test("What a check refuses, and a change that isn't there, end with 78")
    func refused() async throws {
        try await #expect(onlineChange("rename-column", "users", "name", "full_name").code == 78)
        for command in ["advance", "rollback", "verify", "pause", "resume", "status"] {
            let run = try await onlineChange(command, "nosuch")
            #expect(run.code == 78)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("'nosuch'"))
        }
    }

    @Test("Rows that differ are counted with 65, and mended with --repair")
    func differences() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada'), ('Bob')")
        try await onlineChange("rename-column", "users", "name", "full_name")
        try await TestDatabase.current.run(
            """
            SET session_replication_role = replica;
            ALTER TABLE users DISABLE TRIGGER ALL;
            UPDATE users SET full_name = 'Eve' WHERE name = 'Ada'
            """
        )
        let run = try await onlineChange("verify", "users.name-to-full_name")
        #expect(run.code == 65)
        #expect(
            run.errors == """
                online-change: 1 of 2 rows differ
                  Nothing was changed in them.
                  online-change verify users.name-to-full_name --repair

                """
        )
        let repair = try await onlineChange("verify", "users.name-to-full_name", "--repair")
        #expect(repair.code == 0)
        try await #expect(TestDatabase.current.value("SELECT count(*) FROM users WHERE full_name = name") == 2)
    }

    @Test("A second runner is told to come back while the first one holds the change")
    func secondRunner() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("pause", "users.name-to-full_name")
        let database = try TestDatabase.current
        let first = try await onlineChange("advance", "users.name-to-full_name") { send in
            try await eventually {
                try await database.value("SELECT waiting IS NOT DISTINCT FROM 'paused' FROM online_change.change")
            }
            let second = try await onlineChange("advance", "users.name-to-full_name")
            #expect(second.code == 75)
            #expect(
                second.errors.hasPrefix("online-change: another runner has the change users.name-to-full_name: pid ")
            )
            try send(.interrupt)
        }
        #expect(first.code == 130)
        let resumed = try await onlineChange("resume", "users.name-to-full_name")
        #expect(resumed.code == 0)
        try await #expect(onlineChange("advance", "users.name-to-full_name").code == 0)
    }
}
