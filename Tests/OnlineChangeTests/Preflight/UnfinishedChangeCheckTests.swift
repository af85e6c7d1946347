import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct UnfinishedChangeCheckTests {
    @Test(
        "A second change on a column of an unfinished one is refused",
        arguments: [
            ("name", "title", "name"), ("email", "full_name", "full_name"), ("full_name", "title", "full_name"),
        ]
    )
    func sameColumn(from: String, to: String, shared: String) async throws {
        try await begin()
        let refusal = try await AskedRename(from: from, to: to).refusal()
        #expect(
            refusal.contains(
                "column public.users.\(shared): the change users.name-to-full_name (number 1) works on it and is not finished"
            )
        )
        #expect(
            refusal.contains(
                "Finish it (online-change advance 1) or undo it (online-change rollback 1)."
            )
        )
    }

    @Test("Another column of the same table can be changed at the same time")
    func otherColumn() async throws {
        try await begin()
        try await AskedRename(from: "email", to: "address").start(through: "backfill")
        try await AskedRename(name: "users.email-to-address").rollback()
        try await AskedRename().rollback()
    }

    @Test("The name of an unfinished change can't be given to another one")
    func sameName() async throws {
        try await begin()
        try await #expect(
            AskedRename(from: "email", to: "address", name: "users.name-to-full_name").refusal() == """
                refused: an unfinished change is called users.name-to-full_name already: rename-column of public.users
                Nothing was changed.
                Finish or roll it back, or give this one another name with --name.
                """
        )
    }

    private func begin() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text, email text)")
        try await AskedRename().start(through: "expand")
    }
}
