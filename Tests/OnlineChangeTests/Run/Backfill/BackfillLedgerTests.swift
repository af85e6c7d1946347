import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// Lanes of a partitioned table, in a ledger of its own: its leaves come, go and are rewritten.
@Suite(.database, .timeLimit(.minutes(20)))
struct BackfillLedgerTests {
    private static let backfill = Backfill(
        table: QualifiedName(schema: "public", name: "t"),
        assignment: "full_name = name",
        unsynced: "full_name IS DISTINCT FROM name",
        striping: Striping(table: Fixture.users())
    )

    /// Three leaves, two of them below another partitioned table, one with rows for several lanes; and a foreign one.
    private func table() async throws -> Connection {
        let connection = try await TestDatabase.current.connect()
        try await connection.script(["CREATE SCHEMA online_change"] + LedgerSchema.tables(tool: "test"))
        try await connection.script([
            "CREATE TABLE t (id int, name text, full_name text) PARTITION BY RANGE (id)",
            "CREATE TABLE \"a \"\" leaf\" PARTITION OF t FOR VALUES FROM (0) TO (1000)",
            "CREATE TABLE b PARTITION OF t FOR VALUES FROM (1000) TO (3000) PARTITION BY RANGE (id)",
            "CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (1000) TO (2000)",
            "CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (2000) TO (3000) WITH (fillfactor = 10)",
            "CREATE FOREIGN DATA WRAPPER nothing",
            "CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
            "CREATE FOREIGN TABLE f PARTITION OF t FOR VALUES FROM (3000) TO (4000) SERVER nowhere",
            "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(0, 2999) g",
            "INSERT INTO b2 SELECT 2000 + g % 1000, repeat('x', 700) FROM generate_series(1, 700) g",
        ])
        return connection
    }

    private func ledger(_ session: Session) async throws -> BackfillLedger {
        let change: Int = try await session.value(
            """
            INSERT INTO online_change.change (name, recipe, table_oid, table_name, plan, tool_version)
            VALUES ('c', 'r', 'public.t'::regclass, 't', '{}', '0') RETURNING id
            """
        )
        return BackfillLedger(session: session, change: change, position: 2)
    }

    private func found(_ ledger: BackfillLedger) async throws -> BackfillLedger.Found {
        let table: UInt32 = try await ledger.session.value("SELECT 'public.t'::regclass::oid")
        return try await ledger.lanes(of: HeapRelation.all(of: table, on: ledger.session), stripes: 11)
    }

    /// Takes one batch of a lane.
    private func advance(_ lane: inout BackfillLane, _ ledger: BackfillLedger, limit: Int = 2) async throws -> Int? {
        let batch = BackfillBatch(backfill: Self.backfill, change: ledger.change, epoch: 0, position: ledger.position)
        let piece = try #require(lane.order.piece(at: lane.visited, limit: limit))
        guard let outcome = try await batch.run(lane, piece, locked: .waitedFor, on: ledger.session) else { return nil }
        lane.visited = outcome.visited
        return outcome.rows
    }

    @Test func everyLeafIsWritten() async throws {
        let connection = try await table()
        let session = try await Session.open(TestDatabase.current.parameters)
        let ledger = try await ledger(session)
        var lanes = try await found(ledger).lanes
        #expect(Set(lanes.map(\.relation.name.name)) == ["a \" leaf", "b1", "b2"])
        #expect(Set(lanes.map(\.order.stripes)) == [1, 11])
        var rows = 0
        for index in lanes.indices {
            while !lanes[index].isDone {
                rows += try #require(try await advance(&lanes[index], ledger, limit: 100))
            }
        }
        #expect(rows == 3700)
        #expect(
            try await connection.value("SELECT count(*) FROM b2 WHERE full_name IS DISTINCT FROM name") as Int == 0
        )
        let again = try await found(ledger)
        #expect(again.goesOn)
        #expect(again.lanes.map(\.order) == lanes.map(\.order))
        #expect(again.lanes.allSatisfy { $0.isDone })
        await session.close()
        await connection.close()
    }

    @Test func leavesComeAndGo() async throws {
        let connection = try await table()
        let session = try await Session.open(TestDatabase.current.parameters)
        let ledger = try await ledger(session)
        var lanes = try await found(ledger).lanes
        for index in lanes.indices { _ = try await advance(&lanes[index], ledger) }
        try await connection.script(["VACUUM FULL b1"])
        try await connection.script([
            "ALTER TABLE t DETACH PARTITION \"a \"\" leaf\"",
            "CREATE TABLE c PARTITION OF t FOR VALUES FROM (0) TO (1000)",
            "INSERT INTO c VALUES (1, 'x')",
        ])
        let b1 = try #require(lanes.firstIndex { $0.relation.name.name == "b1" })
        #expect(try await advance(&lanes[b1], ledger) == nil, "a batch for the old file was let through")
        let b2 = try #require(lanes.firstIndex { $0.relation.name.name == "b2" })

        let now = try await found(ledger)
        #expect(now.goesOn)
        #expect(now.rewritten.map(\.name.name) == ["b1"])
        #expect(Set(now.lanes.map(\.relation.name.name)) == ["b1", "b2", "c"])
        #expect(now.lanes.first { $0.relation.name.name == "b1" }?.visited == 0)
        #expect(now.lanes.first { $0.relation.name.name == "b2" }?.visited == lanes[b2].visited)
        let kept: String = try await connection.value(
            """
            SELECT string_agg(DISTINCT c.relname, ' ' ORDER BY c.relname)
            FROM online_change.backfill_lane l JOIN pg_class c ON c.oid = l.relation AND l.filenode = c.relfilenode
            """
        )
        #expect(kept == "b1 b2 c")
        await session.close()
        await connection.close()
    }

    @Test func tableIsGone() async throws {
        let session = try await Session.open(TestDatabase.current.parameters)
        await #expect(throws: Failure.self) { try await HeapRelation.all(of: 4_000_000_000, on: session) }
        await session.close()
    }
}
