import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct TargetNameCheckTests {
    @Test(
        "A name that the column can't have is refused",
        arguments: [
            ("name", "it has that name already", "Give it another name."),
            (
                "email", "the table has a column of that name already",
                "Choose another name, or rename or drop that column first."
            ),
            ("xmin", "every table has a system column of that name", "Choose another name."),
            ("tableoid", "every table has a system column of that name", "Choose another name."),
        ]
    )
    func refused(to: String, reason: String, wayOut: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text, email text)")
        try await #expect(
            AskedRename(to: to).refusal() == """
                refused: column public.users.\(to): \(reason)
                Nothing was changed.
                \(wayOut)
                """
        )
    }

    @Test(
        "The server would cut a longer name silently; bytes count, not characters",
        arguments: [
            String(repeating: "n", count: 64), String(repeating: "n", count: 80), String(repeating: "ä", count: 32),
        ]
    )
    func tooLong(to: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await #expect(
            AskedRename(to: to).refusal() == """
                refused: '\(to)' has \(to.utf8.count) bytes and the server keeps 63: choose a shorter name
                Nothing was changed.
                """
        )
    }

    @Test("63 bytes are not too long, and the names of a dropped column and of a system column in quotes are free")
    func allowed() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text, gone text); ALTER TABLE users DROP gone")
        for to in [String(repeating: "n", count: 63), "gone", "\"XMIN\""] {
            try await #expect(AskedRename(to: to).plan().phases.count == 4)
        }
    }
}
