import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct LifeTests {
    private let change = "users.name-to-full_name"

    private func createTable() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE); INSERT INTO users VALUES (1, 'Ada')"
        )
    }

    @Test("A rename in four sittings, each a process of its own, with the status in between")
    func fourSittings() async throws {
        try await createTable()
        var marks: [String] = []
        for phase in ["expand", "backfill", "swap", "drop"] {
            let run =
                phase == "expand"
                ? try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
                : try await onlineChange("advance", change)
            #expect(run.code == 0)
            #expect(run.output.contains("\(phase) reached."))
            let status = try await onlineChange("status", change)
            marks.append(try #require(status.output.split(separator: "\n").first { $0.contains("phases") }).description)
            #expect(status.output.contains("next      online-change advance \(change)") == (phase != "drop"))
        }
        #expect(
            marks == [
                "  phases    [x] expand  [ ] backfill  [ ] swap  [ ] drop",
                "  phases    [x] expand  [x] backfill  [ ] swap  [ ] drop",
                "  phases    [x] expand  [x] backfill  [x] swap  [ ] drop",
                "  phases    [x] expand  [x] backfill  [x] swap  [x] drop",
            ]
        )
        try await #expect(TestDatabase.current.value("SELECT full_name FROM users") == "Ada")
        // Once more, and nothing is left to do.
        let again = try await onlineChange("rename-column", "users", "name", "full_name", "--through", "drop")
        #expect(again.code == 0)
        #expect(again.output == "finished: nothing is left to do\n")
    }

    @Test("The same command twice is the same change")
    func twice() async throws {
        try await createTable()
        for _ in 1...2 {
            try await #expect(onlineChange("rename-column", "users", "name", "full_name").code == 0)
        }
        try await #expect(TestDatabase.current.value("SELECT count(*) FROM online_change.change") == 1)
        try await #expect(onlineChange("rollback", change).code == 0)
        try await #expect(onlineChange("rollback", change).code == 0)
    }

    @Test("With --json every line is an object that names its event, failures included")
    func json() async throws {
        try await createTable()
        let run = try await onlineChange("rename-column", "users", "name", "full_name", "--json", "-v")
        #expect(run.code == 0)
        let events = try run.objects().map { $0["event"] as? String ?? "" }
        #expect(events.first == "started")
        #expect(events.last == "phase-reached")
        #expect(!events.contains(""))
        #expect(run.errors.isEmpty)

        let failed = try await onlineChange("rename-column", "users", "nosuch", "x", "--json")
        #expect(failed.code == 78)
        #expect(try failed.objects().map { $0["event"] as? String } == ["failed"])
    }

    @Test("-q prints nothing but what goes wrong")
    func quiet() async throws {
        try await createTable()
        let run = try await onlineChange("rename-column", "users", "name", "full_name", "-q")
        #expect(run.code == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.isEmpty)
        let failed = try await onlineChange("rename-column", "users", "nosuch", "x", "-q")
        #expect(failed.output.isEmpty)
        #expect(failed.errors.contains("there is no such column"))
    }

    @Test("--dry-run prints the plan, as text or as JSON, and leaves the dump as it was")
    func dryRun() async throws {
        try await createTable()
        let before = try await dump()
        let text = try await onlineChange("rename-column", "users", "name", "full_name", "--dry-run")
        let json = try await onlineChange("rename-column", "users", "name", "full_name", "--dry-run", "--json")
        try await #expect(dump() == before)
        #expect(before.contains("CREATE TABLE public.users"))
        #expect(text.code == 0)
        #expect(text.output.hasPrefix("rename-column public.users: name → full_name\n"))
        #expect(text.output.hasSuffix("undo: none, there is no way back\n"))
        let objects = try json.objects()
        #expect(objects.map { $0["event"] as? String } == ["planned"])
        #expect((objects.first?["plan"] as? [String: Any])?["change"] as? String == change)
    }

    private func dump() async throws -> String {
        let cluster = try await TestServer.cluster
        let dsn = try TestDatabase.current.parameters.conninfo ?? ""
        let dump = try await run("\(cluster.binaries.directory)/pg_dump", ["-d", dsn])
        #expect(dump.code == 0)
        // Newer versions write a random key on these lines.
        return dump.output.split(separator: "\n").filter { !$0.contains("restrict") }.joined(separator: "\n")
    }

    @Test("No password comes out, nor into the ledger")
    func passwords() async throws {
        try await createTable()
        let dsn = "\(try TestDatabase.current.parameters.conninfo ?? "") password='open sesame'"
        var printed = ""
        for arguments in [["rename-column", "users", "name", "full_name"], ["status"]] {
            let run = try await run(
                binary,
                arguments + ["--dsn", dsn] + (arguments.count > 1 ? ["-v", "--json"] : [])
            )
            #expect(run.code == 0)
            printed += run.output + run.errors
        }
        for bad in ["postgresql://ops:open sesame@nosuchhost.invalid/shop", "host=/nowhere password='open sesame"] {
            let run = try await run(binary, ["status", "--dsn", bad])
            #expect(run.code == 69)
            printed += run.output + run.errors
        }
        let ledger: String = try await TestDatabase.current.value(
            """
            SELECT concat((SELECT json_agg(c) FROM online_change.change c), (SELECT json_agg(a) FROM online_change.audit a),
                          (SELECT json_agg(s) FROM online_change.step s))
            """
        )
        #expect(ledger.contains("full_name"))
        #expect(!printed.contains("sesame"))
        #expect(!ledger.contains("sesame"))
    }
}
