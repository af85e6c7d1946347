import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// Vacuums amid a backfill of a table that is large enough for them: a row in each of 5,000 blocks.
@Suite(.database, .timeLimit(.minutes(20)))
struct BackfillVacuumTests {
    private let connection: Connection

    init() async throws {
        connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, name text, filler text) WITH (fillfactor = 10, autovacuum_enabled = off)",
            "INSERT INTO t SELECT g, 'row ' || g, repeat('x', 700) FROM generate_series(1, 5000) g",
        ])
    }

    private func vacuums() async throws -> Int {
        try await connection.value("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 't'")
    }

    @Test func oneAtAQuarterAndOneAtTheEnd() async throws {
        let rename = try Rename()
        try await rename.through("backfill")
        try await eventually { try await vacuums() >= 2 }
        #expect(rename.notices == [])
        try await expectInSync(connection)
        await connection.close()
    }

    /// Nobody who wants the table for himself waits for it, and the backfill goes on without it.
    @Test func givesWay() async throws {
        let database = Identifier(try TestDatabase.current.name)
        try await connection.run("ALTER DATABASE \(database) SET vacuum_cost_delay = 100")
        try await connection.run("ALTER DATABASE \(database) SET vacuum_cost_limit = 1")
        let rename = try Rename()
        let run = Task { try await rename.through("backfill") }
        let isVacuuming: Query = """
            SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'VACUUM (SKIP%'
              AND state = 'active')
            """
        try await eventually(within: .seconds(90)) { try await connection.value(isVacuuming) }
        // What is vacuumed at the end is not to be waited for.
        try await connection.run("ALTER DATABASE \(database) RESET ALL")
        let start = ContinuousClock.now
        try await connection.script(["BEGIN; LOCK TABLE t; COMMIT"])
        #expect(ContinuousClock.now - start < .seconds(3))
        try await run.value
        #expect(rename.notices.contains { $0.contains("another session waited for its lock") }, "\(rename.notices)")
        try await expectInSync(connection)
        await connection.close()
    }
}
