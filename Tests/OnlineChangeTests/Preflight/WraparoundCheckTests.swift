import Postgres
import TestSupport
import Testing

@testable import OnlineChange

struct WraparoundCheckTests {
    @Test(arguments: [(1_600_000_000, false), (1_600_000_001, true)])
    func tooOld(age: Int, isRefused: Bool) {
        let findings = WraparoundCheck.findings(Fixture.subject(table: Fixture.users { $0.transactionAge = age }))
        let refusal = Finding.refused(
            "table app.users",
            "its oldest transaction number is 1,600,000,001 old, close to wraparound, and a change would use up more",
            wayOut: #"VACUUM (FREEZE) "app"."users"; first."#
        )
        #expect(findings.contains(refusal) == isRefused)
    }

    @Test("Ages are the catalog's, limits the server's or the table's own", .database)
    func due() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text) WITH (autovacuum_freeze_max_age = 100000);
            UPDATE pg_class SET relfrozenxid =
              ((txid_current() - 150000 + 4294967296) % 4294967296)::text::xid WHERE relname = 'users'
            """
        )
        let notes = try await AskedRename().notes()
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("note: table public.users: its oldest transaction number is 15") == true)
        try await TestDatabase.current.run("ALTER TABLE users RESET (autovacuum_freeze_max_age)")
        try await #expect(AskedRename().notes().isEmpty)
    }
}
