import Foundation
import OnlineChange
import Postgres
import Subprocess
import TestSupport
import Testing

/// What others may do to a run, and what a run that ends leaves.
@Suite(.database, .timeLimit(.minutes(20)))
struct ControlTests {
    private let rows = 60_000

    @Test func pauseResumeAndTuneTakeEffectAtOnce() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let rename = try Rename(parameters, limits: [.batchTime: .at(0.001)])
        let run = Task { try await rename.through("backfill") }
        let connection = try await Connection.open(parameters)
        try await eventually { try await BackfillPosition.read(connection)?.rows ?? 0 > 0 }

        _ = try await Control.set(Rename.name, on: parameters, isPaused: true)
        // The batches under way end; then nothing moves.
        try await Task.sleep(for: .milliseconds(100))
        let paused = try #require(try await BackfillPosition.read(connection))
        try await Task.sleep(for: .milliseconds(800))
        #expect(try await BackfillPosition.read(connection) == paused)
        try #require(!paused.isComplete)
        #expect(try await rename.status().waiting == "paused")

        let before = try await backends(connection)
        _ = try await Control.set(Rename.name, on: parameters, limits: [.batchTime: .at(0.002), .workers: .at(3)])
        _ = try await Control.set(Rename.name, on: parameters, isPaused: false)
        try await eventually { try #require(try await BackfillPosition.read(connection)).rows > paused.rows }
        // One lane may be all that a small table has; as many workers as lanes is what can be seen.
        let lanes = paused.visited.count
        try await eventually {
            let isComplete = try #require(try await BackfillPosition.read(connection)).isComplete
            let now = try await backends(connection)
            return isComplete || now >= before + min(3, lanes) - 1
        }
        try await run.value
        #expect(try await rename.status().limits.workers == 3)
        #expect(rename.events.text.contains("paused"), "\(rename.events.text)")
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: parameters) == 0)
        await connection.close()
    }

    @Test func secondRunnerIsToldWhoHasTheChange() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: 1_000, on: parameters)
        let first = try Rename(parameters)
        try await first.through("expand")
        _ = try await Control.set(Rename.name, on: parameters, isPaused: true)
        let run = Task { try await first.through("backfill") }
        let connection = try await Connection.open(parameters)
        // The session that has just ended "expand" may keep its lock for a moment.
        let holders: Query = """
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        try await eventually { first.events.all.contains { if case .throttled = $0 { true } else { false } } }
        let pid: Int = try await connection.value(holders)
        let second = try Rename(parameters)
        for refused in [
            await failure { try await second.through("backfill") }, await failure { try await second.rollback() },
        ] {
            #expect(refused?.kind == .notNow)
            #expect(refused?.message.contains("pid \(pid)") == true, "\(refused?.message ?? "no failure")")
        }
        _ = try await Control.set(Rename.name, on: parameters, isPaused: false)
        try await run.value
        await connection.close()
    }

    /// A build that ends half-way leaves an invalid index.
    @Test func interruptedIndexBuildIsMadeAnew() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: 1_000, on: parameters)
        let connection = try await Connection.open(parameters)
        let blocker = try await Connection.open(parameters)
        try await Rename(parameters).through("expand")
        // The build waits for every transaction that writes the table.
        try await blocker.run("BEGIN")
        try await blocker.run("UPDATE account SET city = city WHERE id = 1")
        let killed = try await Tool.run(Tool.rename(through: "backfill"), on: parameters) { running in
            let observer = try await Connection.open(parameters)
            try await eventually(within: .seconds(30)) { try await invalidIndexes(observer) == 1 }
            running.kill()
            await observer.close()
        }
        #expect(killed.status == .signaled(SIGKILL), "\(killed.text)")
        // The server would notice that the client is gone when the build is over.
        try await connection.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'
            """
        )
        try await blocker.run("ROLLBACK")
        await blocker.close()

        let rename = try Rename(parameters)
        try await rename.through("backfill")
        #expect(rename.events.text.contains("left unfinished"), "\(rename.events.text)")
        #expect(try await invalidIndexes(connection) == 0)
        let copies: Int = try await connection.value(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'account' AND indexdef LIKE '%(full_name)'"
        )
        #expect(copies == 1)
        await connection.close()
    }

    /// Ctrl-C, at any moment: no session, no lock, and the same call goes on.
    @Test(arguments: [20, 150, 400, 800, 1500]) func cancelledRunLeavesNothing(milliseconds: Int) async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let rename = try Rename(parameters, limits: [.batchTime: .at(0.001)])
        let run = Task { await failure { try await rename.through("drop") } }
        try await Task.sleep(for: .milliseconds(milliseconds))
        run.cancel()
        let start = ContinuousClock.now
        let ended = await run.value
        #expect(ended == nil || ended?.kind == .interrupted, "\(ended?.description ?? "")")
        #expect(ContinuousClock.now - start < .seconds(3))
        let connection = try await Connection.open(parameters)
        #expect(try await sessionsEnd(on: connection))
        await connection.close()
        try await Rename(parameters).through("drop")
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: parameters) == 0)
    }

    private func backends(_ connection: Connection) async throws -> Int {
        try await connection.value(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'online-change'
            """
        )
    }

    private func invalidIndexes(_ connection: Connection) async throws -> Int {
        try await connection.value(
            "SELECT count(*) FROM pg_index WHERE indrelid = 'account'::regclass AND NOT indisvalid"
        )
    }
}
