import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing

@Suite(.database) struct WaitTests {
    private let change = "users.name-to-full_name"

    private func createTable() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int, name text); INSERT INTO users VALUES (1, 'Ada')"
        )
    }

    @Test("It begins before the change does, and another process releases it")
    func released() async throws {
        try await createTable()
        let wait = try await onlineChange("wait", change, "--for", "backfill") { _ in
            try await untilItHasLooked()
            try await onlineChange("rename-column", "users", "name", "full_name")
        }
        #expect(wait.code == 0)
        #expect(wait.output.contains("there is no change '\(change)' yet; waiting for somebody to begin it"))
        #expect(wait.output.hasSuffix("backfill reached.\n"))
    }

    @Test("In time or not, undone, unknown: each its exit code")
    func codes() async throws {
        try await createTable()
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        let late = try await onlineChange("wait", "1", "--for", "swap", "--timeout", "0")
        #expect(late.code == 75)
        #expect(late.errors.contains("has not reached swap in 0.0 s: expand is reached; nobody is running it"))
        let typo = try await onlineChange("wait", "users.name-to-ful_name", "--for", "expand", "--timeout", "0")
        #expect(typo.code == 78)
        #expect(typo.errors.contains("Did you mean \(change)?"))
        try await onlineChange("rollback", "1")
        let undone = try await onlineChange("wait", change, "--for", "expand")
        #expect(undone.code == 78)
        #expect(undone.errors.contains("was rolled back, and won't reach expand"))
    }

    @Test("A lost connection is made anew")
    func lostConnection() async throws {
        try await createTable()
        let wait = try await onlineChange("wait", change, "--for", "expand") { _ in
            try await untilItHasLooked()
            try await TestDatabase.current.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        }
        #expect(wait.code == 0)
        #expect(wait.output.contains("connecting again"))
    }

    @Test("Ctrl-C ends it")
    func interrupted() async throws {
        try await createTable()
        let wait = try await onlineChange("wait", change, "--for", "expand") { send in
            try await untilItHasLooked()
            try send(.interrupt)
        }
        #expect(wait.code == 130)
    }
}
