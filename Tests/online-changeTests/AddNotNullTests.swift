import Postgres
import TestSupport
import Testing

@Suite(.database) struct AddNotNullTests {
    @Test("From the plan to the end, each a process of its own, and once more")
    func sittings() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, login text, email text); INSERT INTO users VALUES (1, 'Ada', NULL)"
        )
        let dsn = ["--dsn", try TestDatabase.current.dsn]
        let command = ["add-not-null", "users", "email", "--fill", "lower(login) || '@x'"]
        let plan = try await run(binary, command + ["--dry-run"] + dsn)
        #expect(plan.code == 0)
        #expect(plan.output.hasPrefix("add-not-null public.users: email NOT NULL\nchange users.email-not-null; about "))
        try await #expect(TestDatabase.current.value("SELECT to_regnamespace('online_change') IS NULL"))
        try await #expect(run(binary, command + dsn).code == 0)
        let status = try await onlineChange("status", "users.email-not-null")
        #expect(status.output.contains("  phases    [x] expand  [x] backfill  [ ] swap  [ ] drop"))
        #expect(!status.output.contains("legacy"))
        let other = try await onlineChange("add-not-null", "users", "email", "--fill", "'other'")
        #expect(other.code == 78)
        #expect(other.errors.contains("an unfinished change is called users.email-not-null already"))
        try await #expect(onlineChange("advance", "users.email-not-null").code == 0)
        let end = try await onlineChange("advance", "users.email-not-null")
        #expect(end.code == 0)
        #expect(end.output.hasSuffix("finished: nothing is left to do\n"))
        try await #expect(TestDatabase.current.value("SELECT email FROM users") == "ada@x")
        for more in [[], ["--dry-run"], ["--name", "another"]] {
            let again = try await run(binary, command + more + dsn)
            #expect(again.code == 0)
            #expect(again.output.hasSuffix("finished: nothing is left to do\n"))
        }
        let back = try await onlineChange("rollback", "users.email-not-null")
        #expect(back.code == 78)
        #expect(back.errors.contains("the column is NOT NULL for good"))
    }

    @Test("What makes no sense ends with 64, NULLs without something to fill them with 78, unfillable ones with 65")
    func exitCodes() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, email text); INSERT INTO users VALUES (1, NULL), (2, 'b')"
        )
        try await #expect(onlineChange("add-not-null", "users", "email", "--keep-filling").code == 64)
        try await #expect(onlineChange("add-not-null", "users").code == 64)
        let nulls = try await onlineChange("add-not-null", "users", "email", "--dry-run")
        #expect(nulls.code == 78)
        #expect(
            nulls.errors == """
                online-change: column public.users.email is NULL in 1 row: 1
                  Nothing was changed.
                  Give these rows a value, or say with --fill EXPRESSION what NULLs are to become.

                """
        )
        let unknown = try await onlineChange("add-not-null", "users", "e_mail", "--fill", "'x'")
        #expect(unknown.code == 78)
        #expect(unknown.errors.contains("Did you mean email?"))
        let unfilled = try await onlineChange("add-not-null", "users", "email", "--fill", "nullif(id, 1)::text")
        #expect(unfilled.code == 65)
        #expect(
            unfilled.errors == """
                online-change: 1 rows have NULL in email, and the fill expression gives NULL for them, or there is none: 1
                  The column can still hold NULL, and everything else is filled.
                  Give these rows a value, then run the same command again.

                """
        )
        try await #expect(onlineChange("rollback", "users.email-not-null").code == 0)
    }
}
