import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct ApplicationCheckTests {
    @Test("Every plan says what an added column means for statements that name none")
    func always() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        let findings = try await AskedRename().plan().findings
        #expect(
            findings.contains(
                .note(
                    "table public.users",
                    "until drop it has one column more: SELECT *, COPY without a column list and INSERT without one see it, "
                        + "and a prepared SELECT * fails once with 'cached plan must not change result type'"
                )
            )
        )
    }

    @Test func defaultAndUniqueIndex() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text DEFAULT 'nobody' UNIQUE, email text UNIQUE)
            """
        )
        try await #expect(
            AskedRename().notes() == [
                "note: table public.users: name has a default: an INSERT that gives full_name as an explicit NULL and "
                    + "leaves name out stores the default",
                "note: table public.users: ON CONFLICT (name) works until swap and ON CONFLICT (full_name) from swap on; "
                    + "--unique-copies makes both work throughout, at the risk of 'duplicate key' on hot keys",
            ]
        )
    }

    @Test("Roles that default to a strict isolation level are named, this database's own settings included")
    func isolation() async throws {
        try await withRole { role in
            let database = Identifier(try TestDatabase.current.name)
            try await TestDatabase.current.run(
                """
                CREATE TABLE users (name text);
                ALTER ROLE \(role) IN DATABASE \(database) SET default_transaction_isolation = 'serializable';
                ALTER DATABASE \(database) SET default_transaction_isolation = 'repeatable read'
                """
            )
            let notes = Set(try await AskedRename().notes())
            #expect(
                notes.isSuperset(
                    of: [role.name, "every role"].map {
                        "note: role \($0): it defaults to REPEATABLE READ or SERIALIZABLE and may see more serialization "
                            + "failures (40001) while the backfill runs"
                    }
                )
            )
        }
    }
}
