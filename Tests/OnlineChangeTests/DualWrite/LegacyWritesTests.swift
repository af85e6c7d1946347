import Postgres
import TestSupport
import Testing

/// After swap, writes that come through the legacy column alone are counted, for nobody's trouble.
@Suite(.database, .timeLimit(.minutes(20)))
struct LegacyWritesTests {
    private func swapped() async throws -> (Rename, Connection) {
        let connection = try await TruthTable(.swapped).connection
        return (try Rename(), connection)
    }

    @Test func countsThemAndNoOthers() async throws {
        let (rename, connection) = try await swapped()
        #expect(try await rename.status().legacyWrites?.count == 0)
        #expect(try await rename.status().legacyWrites?.last == nil)
        var expected = 0
        for (statement, counts) in [
            ("INSERT INTO t (id, name) VALUES (4, 'a')", 1), ("INSERT INTO t (id, full_name) VALUES (5, 'a')", 0),
            ("INSERT INTO t (id, name, full_name) VALUES (6, 'a', 'a')", 0), ("INSERT INTO t (id) VALUES (7)", 0),
            ("UPDATE t SET name = 'b' WHERE id = 4", 1), ("UPDATE t SET full_name = 'c' WHERE id = 4", 0),
            ("UPDATE t SET name = 'd', full_name = 'd' WHERE id = 4", 0), ("UPDATE t SET n = 1", 0),
            ("UPDATE t SET name = NULL WHERE id = 4", 1), ("UPDATE t SET name = 'e' WHERE id IN (1, 2, 3)", 3),
            ("DELETE FROM t WHERE name = 'e'", 0), ("SELECT name FROM t", 0),
            ("INSERT INTO t (id, name) VALUES (10, 'a'), (11, 'b')", 2),
        ] as [(SQL, Int)] {
            try await connection.script([statement])
            expected += counts
            #expect(try await rename.status().legacyWrites?.count == expected, "\(statement)")
        }
        let last = try #require(await rename.status().legacyWrites?.last)
        let age: Double = try await connection.value(
            "SELECT extract(epoch FROM clock_timestamp() - \(last)::timestamptz)::float8"
        )
        #expect((-1.0...60).contains(age))
        let first = try #require(await rename.status().legacyWrites?.first)
        let isEarlier: Bool = try await connection.value("SELECT \(first)::timestamptz < \(last)::timestamptz")
        #expect(isEarlier)
        await connection.close()
    }

    /// Whatever was counted before, a swap begins at nothing: leftovers of the same name too.
    @Test func beginsAtNothing() async throws {
        let (rename, connection) = try await swapped()
        try await connection.run("UPDATE t SET name = 'a'")
        #expect(try await rename.status().legacyWrites?.count == 3)
        try await rename.runner.rollback(Rename.change)
        try await rename.through("expand")
        let counter: String = try await connection.value(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relname LIKE '%legacy_writes'"
        )
        try await connection.run("SELECT setval(\(counter)::regclass, 41)")
        try await rename.through("swap")
        #expect(try await rename.status().legacyWrites?.count == 0)
        #expect(try await rename.status().legacyWrites?.first == nil)
        try await connection.run("UPDATE t SET name = 'b'")
        let writes = try #require(await rename.status().legacyWrites)
        #expect(writes.count == 3)
        #expect(writes.first != nil)
        await connection.close()
    }

    /// A change whose plan an older release stored has no note of the first write.
    @Test func counterWithoutFirst() async throws {
        let (rename, connection) = try await swapped()
        try await connection.run("UPDATE t SET name = 'a' WHERE id = 1")
        let first: String = try await connection.value(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relname LIKE '%legacy_first'"
        )
        try await connection.script(["DROP SEQUENCE \(server: first)"])
        let writes = try #require(await rename.status().legacyWrites)
        #expect(writes.count == 1)
        #expect(writes.first == nil)
        #expect(writes.last != nil)
        await connection.close()
    }

    /// Before swap the old name is no legacy.
    @Test(arguments: [Stage.expanded, .backfilled])
    func countsNothingBefore(_ stage: Stage) async throws {
        let connection = try await TruthTable(stage).connection
        try await connection.run("UPDATE t SET name = 'a'")
        try await connection.run("UPDATE t SET full_name = 'b'")
        #expect(try await Rename().status().legacyWrites?.count == nil)
        try await Rename().through("swap")
        #expect(try await Rename().status().legacyWrites?.count == 0)
        await connection.close()
    }

    /// The counters lock nothing: two open transactions that write by the legacy name don't meet.
    @Test func openTransactionsDoNotMeet() async throws {
        let (rename, first) = try await swapped()
        let second = try await TestDatabase.current.connect()
        for (connection, id) in [(first, 1), (second, 2)] {
            try await connection.run("SET lock_timeout = '2s'")
            try await connection.run("BEGIN")
            try await connection.run("UPDATE t SET name = 'a' WHERE id = \(id)")
            try await connection.run("INSERT INTO t (id, name) VALUES (\(id + 10), 'b')")
        }
        for connection in [first, second] {
            try await connection.run("COMMIT")
            await connection.close()
        }
        #expect(try await rename.status().legacyWrites?.count == 4)
    }

    @Test func roleWithoutPrivileges() async throws {
        try await withRole { role in
            let (rename, connection) = try await swapped()
            await connection.close()
            let database = try TestDatabase.current
            try await database.run("GRANT SELECT (id), UPDATE (name), INSERT (id, name) ON t TO \(role)")
            let application = try await Connection.open(database.parameters(as: role))
            try await application.run("UPDATE t SET name = 'a' WHERE id = 1")
            try await application.run("INSERT INTO t (id, name) VALUES (4, 'a')")
            let refused = await #expect(throws: PostgresError.self) {
                try await application.run("SELECT * FROM online_change.change")
            }
            #expect(refused?.state == .insufficientPrivilege)
            await application.close()
            #expect(try await rename.status().legacyWrites?.count == 2)
        }
    }
}
