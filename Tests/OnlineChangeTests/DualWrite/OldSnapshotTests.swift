import OnlineChange
import Postgres
import TestSupport
import Testing

/// A transaction that still sees the rows as they were before the backfill would read NULLs by the new name after swap.
@Suite(.database, .timeLimit(.minutes(20)))
struct OldSnapshotTests {
    private static let setup = TruthTable.plain + ["CREATE TABLE other (id int)"]

    /// Expands, has `reader` begin what stays open, and backfills.
    private func backfilled(_ reader: Connection, _ opening: [SQL]) async throws {
        for statement in Self.setup { try await reader.script([statement]) }
        try await Rename().through("expand")
        for statement in opening { try await reader.script([statement]) }
        try await Rename().through("backfill")
    }

    private static let snapshot: [SQL] = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM other"]

    @Test func swapWaits() async throws {
        let reader = try await TestDatabase.current.connect()
        try await backfilled(reader, Self.snapshot)
        let rename = try Rename()
        let swap = Task { try await rename.through("swap") }
        try await eventually(within: .seconds(30)) { rename.blockersOfSwap.contains(reader.announcedBackend) }
        // Nobody waits meanwhile, for a statement or a lock.
        let application = try await TestDatabase.current.connect()
        try await application.run("SET lock_timeout = '50ms'")
        for number in 1...10 {
            try await application.run("UPDATE t SET name = \("a\(number)") WHERE id = 2 RETURNING full_name")
            try await application.run("INSERT INTO t (id, full_name) VALUES (\(100 + number), 'x')")
            try await application.script(["BEGIN", "LOCK TABLE t IN ROW EXCLUSIVE MODE", "COMMIT"])
        }
        let seen: String? = try await reader.value("SELECT name FROM t WHERE id = 1")
        #expect(seen == "one")
        #expect(try await application.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        try await reader.run("COMMIT")
        try await swap.value
        #expect(try await reader.value("SELECT full_name FROM t WHERE id = 1") == "one")
        try await expectInSync(application)
        await application.close()
        await reader.close()
    }

    @Test func deadlineNamesThePid() async throws {
        let reader = try await TestDatabase.current.connect()
        try await backfilled(reader, Self.snapshot)
        let failure = try #require(await Rename(lockDeadline: 0.3).failure(through: "swap"))
        #expect(failure.kind == .notNow)
        #expect(failure.message.contains("pid \(reader.announcedBackend) "))
        // The old snapshot reads what it always did.
        #expect(try await reader.value("SELECT name FROM t WHERE id = 1") == "one")
        try await reader.run("COMMIT")
        try await Rename().through("swap")
        await reader.close()
    }

    @Test func preparedTransaction() async throws {
        let session = try await TestDatabase.current.connect()
        let gid = "open in \(try TestDatabase.current.name)"
        try await backfilled(
            session,
            ["BEGIN", "INSERT INTO other VALUES (1)", "PREPARE TRANSACTION \(literal: gid)"]
        )
        let failure = try #require(await Rename(lockDeadline: 0.3).failure(through: "swap"))
        #expect(failure.kind == .notNow)
        #expect(failure.message.contains("prepared transaction '\(gid)'"))
        let rename = try Rename()
        let swap = Task { try await rename.through("swap") }
        try await eventually(within: .seconds(30)) { rename.waitsForSnapshots }
        try await session.script(["COMMIT PREPARED \(literal: gid)"])
        try await swap.value
        await session.close()
    }

    /// A transaction that begins while the swap waits holds nothing back, however long it stays open and whatever old
    /// writer elsewhere keeps its xmin back.
    @Test func laterTransactionDoesNotMatter() async throws {
        let database = try TestDatabase.current
        let (reader, writer, late) = (
            try await database.connect(), try await database.connect(), try await database.connect()
        )
        try await backfilled(reader, Self.snapshot)
        try await writer.script(["BEGIN", "INSERT INTO other VALUES (1)"])
        try await Rename().runner.verify(Rename.change, repair: false)
        let rename = try Rename(lockDeadline: 5)
        let swap = Task { try await rename.through("swap") }
        try await eventually(within: .seconds(30)) { rename.waitsForSnapshots }
        for statement in Self.snapshot { try await late.script([statement]) }
        try await reader.run("COMMIT")
        try await swap.value
        #expect(try await late.value("SELECT full_name FROM t WHERE id = 1") == "one")
        for connection in [reader, writer, late] { await connection.close() }
    }
}

extension Rename {
    /// Whether the swap has said that it waits for snapshots.
    var waitsForSnapshots: Bool {
        events.contains { if case .waitingForSnapshots = $0 { true } else { false } }
    }

    /// The processes whose snapshots it waits for.
    var blockersOfSwap: [Int] {
        events.flatMap { event -> [Int] in
            guard case .waitingForSnapshots(let blockers, _) = event else { return [] }
            return blockers.compactMap(\.pid)
        }
    }
}
