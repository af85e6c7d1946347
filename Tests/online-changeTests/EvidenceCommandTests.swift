import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct EvidenceCommandTests {
    private func swapped() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "swap")
    }

    @Test("It is a report, and a condition where quiet is asked for")
    func codes() async throws {
        try await swapped()
        #expect(try await onlineChange("evidence", "1").code == 0)
        let asked = try await onlineChange("evidence", "1", "--require-quiet", "1h")
        #expect(asked.code == 78)
        #expect(asked.output.contains("Against drop, the weightiest first:\n  1. used: swap was "))
        #expect(asked.errors.isEmpty)
        #expect(try await onlineChange("evidence", "1", "--require-quiet", "0s").code == 0)
        let json = try await onlineChange("evidence", "1", "--json")
        let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["change"] as? String == "users.name-to-full_name")
        #expect(object["isQuiet"] as? Bool == false)
    }

    @Test("What is no change, or none any more")
    func refused() async throws {
        #expect(try await onlineChange("evidence", "nosuch").code == 78)
        try await swapped()
        let none = try await onlineChange("evidence", "nosuch")
        #expect(none.code == 78)
        #expect(
            none.errors
                == "online-change: there is no change 'nosuch'\n  Nothing was changed.\n  online-change status lists the changes.\n"
        )
        try await onlineChange("advance", "1", "--yes")
        #expect(try await onlineChange("evidence", "1").errors.contains("is finished: nothing is left to drop"))
        #expect(try await onlineChange("evidence").code == 64)
        #expect(try await onlineChange("evidence", "1", "--require-quiet", "soon").code == 64)
    }

    @Test("Drop that must be quiet is refused, then forced with both flags only")
    func drop() async throws {
        try await swapped()
        let refused = try await onlineChange("advance", "1", "--require-quiet", "7d", "--yes")
        #expect(refused.code == 78)
        #expect(refused.errors.contains("or, knowing this, add --yes --force"))
        #expect(try await onlineChange("advance", "1", "--require-quiet", "7d", "--force").code == 64)
        #expect(try await onlineChange("advance", "1", "--yes", "--force").code == 64)
        #expect(try await TestDatabase.current.value("SELECT name FROM users") == "Ada")
        #expect(try await onlineChange("advance", "1", "--require-quiet", "7d", "--yes", "--force").code == 0)
    }

    @Test("A command that goes through drop stops before it, and goes on when it has been quiet")
    func start() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        func rename(_ quiet: String) async throws -> Int32 {
            try await onlineChange(
                "rename-column",
                "users",
                "name",
                "full_name",
                "--through",
                "drop",
                "--yes",
                "--require-quiet",
                quiet
            ).code
        }
        #expect(try await rename("1h") == 78)
        #expect(try await TestDatabase.current.value("SELECT name || full_name FROM users") == "AdaAda")
        #expect(try await rename("0s") == 0)
    }

    @Test("The doctor's exit code says whether something blocks")
    func doctor() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); CREATE VIEW seen AS SELECT name FROM users")
        #expect(try await onlineChange("doctor", "users").code == 0)
        let view = try await onlineChange("doctor", "seen")
        #expect(view.code == 78)
        #expect(view.output.contains("\nblocks         table public.seen: "))
        let json = try await onlineChange("doctor", "seen", "--json")
        let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["blocks"] as? Bool == true)
        #expect(try await onlineChange("doctor", "nosuch").code == 78)
    }
}
