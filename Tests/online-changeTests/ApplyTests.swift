import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct ApplyTests {
    private let change = "users.name-to-full_name"

    private func createTable() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, name text, email text); INSERT INTO users VALUES (1, 'Ada')"
        )
    }

    /// Runs a body with a folder of change files.
    private func withFiles(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        try await body(folder.path)
    }

    private let rename = "recipe: rename-column\narguments: { table: users, from: name, to: full_name }\n"
    private let notNull =
        "change: emails\nrecipe: add-not-null\narguments: { table: users, column: email, fill: \"''\" }\n"

    @Test("Five times in a row: once it is done, four times it is left alone")
    func fiveTimes() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename, "2.yaml": notNull + "through: expand"]) { folder in
            for round in 1...5 {
                let run = try await onlineChange("apply", folder)
                #expect(run.code == 0)
                #expect(run.output.contains("backfill reached.") == (round == 1))
                #expect(run.output.contains("\(change): backfill is reached; left alone") == (round > 1))
                #expect(run.output.contains("emails: expand is reached; left alone") == (round > 1))
            }
            try await #expect(TestDatabase.current.value("SELECT count(*) FROM online_change.change") == 2)
        }
    }

    @Test("The command and the file are the same change: each goes on with what the other began")
    func sameChange() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename + "options: { workers: 2 }\nthrough: swap"]) { folder in
            try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
            try await #expect(onlineChange("apply", folder).code == 0)
            try await #expect(
                TestDatabase.current.value("SELECT phase || limits::text FROM online_change.change")
                    == "swap{\"workers\": 2}"
            )
            // Never back, and on by the command.
            let earlier = try await onlineChange("apply", folder, "--through", "expand")
            #expect(earlier.output.contains("swap is reached; left alone"))
            try await #expect(
                onlineChange("rename-column", "users", "name", "full_name", "--through", "drop").code == 0
            )
            let run = try await onlineChange("apply", folder)
            #expect(run.code == 0)
            #expect(run.output.contains("\(change): finished; left alone"))
        }
    }

    @Test("A change finished long ago is left alone, though its column and its table are called otherwise by now")
    func longAgo() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename]) { folder in
            try await #expect(onlineChange("apply", folder, "--through", "drop").code == 0)
            for statement: SQL in ["DROP COLUMN full_name", "RENAME TO members"] {
                try await TestDatabase.current.run("ALTER TABLE users \(statement)")
                let run = try await onlineChange("apply", folder)
                #expect(run.code == 0)
                #expect(run.output.contains("finished; left alone"))
            }
        }
    }

    @Test("A database that was made from a later schema has nothing to do")
    func laterSchema() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (id bigint, full_name text)")
        let type = "recipe: change-type\narguments: { table: users, column: id, type: int8 }"
        try await withFiles(["1.yaml": rename, "2.yaml": type]) { folder in
            let run = try await onlineChange("apply", folder)
            #expect(run.code == 0)
            #expect(run.output.contains("column public.users.full_name is there already, and name is not"))
            #expect(run.output.contains("column public.users.id has the type bigint already"))
        }
    }

    @Test("What contradicts is refused with the difference; what comes after it is not tried")
    func contradiction() async throws {
        try await createTable()
        try await withFiles(["1.yaml": notNull, "2.yaml": rename]) { folder in
            try await onlineChange("add-not-null", "users", "email", "--name", "emails", "--fill", "'x'", "--json")
            let run = try await onlineChange("apply", folder)
            #expect(run.code == 78)
            #expect(
                run.errors.contains(
                    "1.yaml: the change emails was begun with other arguments: fill is '', was 'x'\n"
                        + "  Nothing was changed. Not tried: \(folder)/2.yaml.\n"
                )
            )
            try await #expect(TestDatabase.current.value("SELECT count(*) FROM online_change.change") == 1)
        }
    }

    @Test("A file that is not understood keeps all from being tried")
    func misread() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename, "2.yaml": "recipe: rename-column\narguments: { tabel: users }"]) {
            folder in
            let run = try await onlineChange("apply", folder)
            #expect(run.code == 64)
            #expect(run.errors.contains("2.yaml:2:12: 'table' is missing"))
            try await #expect(TestDatabase.current.value("SELECT to_regnamespace('online_change') IS NULL"))
        }
        let missing = try await onlineChange("apply", "/nonexistent.yaml")
        #expect(missing.code == 64)
    }

    @Test("What was rolled back is refused, and begins anew with --again")
    func rolledBack() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename]) { folder in
            try await onlineChange("apply", folder)
            try await onlineChange("rollback", change)
            let run = try await onlineChange("apply", folder)
            #expect(run.code == 78)
            #expect(run.errors.contains("was rolled back at "))
            try await #expect(onlineChange("apply", folder, "--again").code == 0)
            try await #expect(onlineChange("apply", folder).code == 0)
        }
    }

    @Test("--dry-run prints plans and touches nothing; --json names each file")
    func dryRun() async throws {
        try await createTable()
        try await withFiles(["1.yaml": rename]) { folder in
            let text = try await onlineChange("apply", folder, "--dry-run")
            #expect(text.output.contains("rename-column public.users: name → full_name\n"))
            try await #expect(TestDatabase.current.value("SELECT to_regnamespace('online_change') IS NULL"))
            let run = try await onlineChange("apply", folder, "--json")
            let objects = try run.objects()
            #expect(objects.first?["event"] as? String == "applying")
            #expect(objects.first?["file"] as? String == "\(folder)/1.yaml")
            #expect(objects.last?["event"] as? String == "phase-reached")
        }
    }
}
