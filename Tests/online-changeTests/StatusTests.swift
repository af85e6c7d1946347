import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.database) struct StatusTests {
    @Test func noLedger() async throws {
        let text = try await onlineChange("status")
        #expect(text.code == 0)
        #expect(text.output == "no changes in this database\n")
        let json = try await onlineChange("status", "--json")
        #expect(json.code == 0)
        #expect(json.output.filter { !$0.isWhitespace } == "[]")
    }

    @Test("As JSON it is a list of changes, whether one is asked for or all")
    func json() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text, email text)")
        try await onlineChange("rename-column", "users", "name", "full_name")
        try await onlineChange("rename-column", "users", "email", "address", "--through", "expand")
        let all = try await changes(onlineChange("status", "--json"))
        #expect(all.map { $0["change"] as? String } == ["users.email-to-address", "users.name-to-full_name"])
        let one = try await changes(onlineChange("status", "1", "--json"))
        #expect(one.count == 1)
        #expect(one[0]["state"] as? String == "active")
        #expect(one[0]["next"] as? String == "online-change advance users.name-to-full_name")
    }

    @Test("--watch goes on until the change ends, and clears no screen where there is none")
    func watch() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        let watch = try await onlineChange("status", "1", "--watch") { _ in
            try await untilItHasLooked()
            try await onlineChange("rollback", "1")
        }
        #expect(watch.code == 0)
        #expect(!watch.output.contains("\u{1B}"))
        let lines = watch.output.split(separator: "\n").map { $0.drop { $0 != " " }.dropFirst() }
        #expect(lines.first == "users.name-to-full_name: ready for the next phase", "\(watch.output)")
        #expect(lines.last == "users.name-to-full_name: rolled back")
        #expect(Set(lines).count == lines.count)
    }

    private func changes(_ run: CommandRun) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    }
}
