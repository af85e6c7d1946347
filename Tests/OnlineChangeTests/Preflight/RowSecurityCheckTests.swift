import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct RowSecurityCheckTests {
    @Test("Forced row security would hide rows from the owner that we become")
    func forced() async throws {
        try await withRole { role in
            let database = Identifier(try TestDatabase.current.name)
            try await TestDatabase.current.run(
                """
                CREATE TABLE users (name text); ALTER TABLE users OWNER TO \(role);
                ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                GRANT CREATE ON DATABASE \(database) TO \(role)
                """
            )
            // Whoever connects: the superuser becomes the owner too.
            for login in [role, nil] {
                try await #expect(
                    AskedRename(role: login).refusal() == """
                        refused: table public.users: FORCE ROW LEVEL SECURITY hides rows from its owner, \(role), too: \
                        the backfill and the comparison would miss them
                        Nothing was changed.
                        As a superuser: ALTER ROLE \(role.quoted) BYPASSRLS; until the change is finished.
                        """
                )
            }
            try await TestDatabase.current.run("ALTER ROLE \(role) BYPASSRLS")
            try await #expect(AskedRename(role: role).plan().phases.count == 4)
        }
    }

    @Test("Row security that is not forced doesn't concern the owner")
    func notForced() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (name text); ALTER TABLE users ENABLE ROW LEVEL SECURITY"
        )
        try await #expect(AskedRename().notes().isEmpty)
    }
}
