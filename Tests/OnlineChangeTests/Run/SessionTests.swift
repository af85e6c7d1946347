import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct SessionTests {
    @Test("DDL does not leave the session, whichever of its calls is given it")
    func refusesDDL() async throws {
        let session = try await Session.open(TestDatabase.current.parameters)
        let error = await #expect(throws: DDLOutsideLockGuard.self) { try await session.run("CREATE TABLE t ()") }
        #expect(error?.description == "refused to run outside the lock guard: CREATE TABLE t ()")
        await #expect(throws: DDLOutsideLockGuard.self) { try await session.run("SELECT 1 AS a INTO t") }
        await #expect(throws: DDLOutsideLockGuard.self) {
            _ = try await session.value("EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1", as: String.self)
        }
        try await #expect(session.value("SELECT to_regclass('t') IS NULL") == true)
        await session.close()
    }

    @Test("Settings of roles and databases don't reach our sessions")
    func settings() async throws {
        let database = Identifier(try TestDatabase.current.name)
        try await TestDatabase.current.run(
            """
            ALTER DATABASE \(database) SET default_transaction_read_only = on;
            ALTER DATABASE \(database) SET default_transaction_isolation = 'serializable';
            ALTER DATABASE \(database) SET statement_timeout = '1h';
            ALTER DATABASE \(database) SET lock_timeout = 0
            """
        )
        let session = try await Session.open(TestDatabase.current.parameters)
        let names = [
            "default_transaction_read_only", "default_transaction_isolation", "statement_timeout", "lock_timeout",
            "row_security",
        ]
        let settings: String = try await session.value(
            "SELECT string_agg(current_setting(name), ' ' ORDER BY place) FROM unnest(\(names)::text[]) WITH ORDINALITY n(name, place)"
        )
        #expect(settings == "off read committed 0 1s off")
        await session.close()
    }
}
