import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// An old release writes NULL all the while, and the column becomes NOT NULL under it.
@Suite(.database, .serialized, .timeLimit(.minutes(20)))
struct NotNullTrafficTests {
    private let rows = Size.of(short: 20_000, long: 1_000_000)

    @Test func oldReleaseWritesNullUntilDrop() async throws {
        let parameters = try await prepared(every: 20)
        let writers = NullWriters(parameters, rows: rows)
        writers.start(4)
        let start = ContinuousClock.now
        try await tool(Tool.addNotNull(through: "backfill"), parameters)
        if Size.isLong {
            print("add-not-null, expand and backfill of \(rows) rows under load: \(ContinuousClock.now - start)")
        }
        try await pause()
        try await tool(["advance", Rename.name], parameters)
        try await pause()
        try await writers.deployNewRelease()
        try await tool(["advance", Rename.name, "--yes"], parameters)
        try await pause()
        let tally = try await writers.stop()
        expectUndisturbed(tally)
        #expect(try await nulls(parameters) == 0)
        #expect(try await wrongFills(parameters) == 0)
        let connection = try await Connection.open(parameters)
        try await #expect(
            connection.value(
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'account'::regclass AND attname = 'city'"
            )
        )
        await connection.close()
    }

    @Test func backFromEveryPhase() async throws {
        let parameters = try await prepared(every: 20)
        let original = try await Account.portrait(parameters)
        let writers = NullWriters(parameters, rows: rows)
        writers.start(4)
        for phase in ["expand", "backfill", "swap"] {
            try await tool(Tool.addNotNull(through: phase), parameters)
            try await pause()
            try await tool(Tool.rollback, parameters)
            try await pause()
            #expect(try await Account.portrait(parameters).differences(from: original) == [], "\(phase)")
        }
        expectUndisturbed(try await writers.stop())
    }

    /// In the middle of the backfill: the position is kept, and no row is written twice.
    @Test func backfillGoesOnWhereItWasKilled() async throws {
        let rows = Size.of(short: 60_000, long: 1_000_000)
        let parameters = try await prepared(every: 1, rows: rows)
        let command = Tool.addNotNull(through: "backfill", "--batch-time", "5")
        let killed = try await Tool.run(command, on: parameters) { running in
            let observer = try await Connection.open(parameters)
            try await eventually(within: .seconds(60)) {
                try await BackfillPosition.read(observer)?.rows ?? 0 >= rows / 4
            }
            running.kill()
            await observer.close()
        }
        #expect(killed.status == .signaled(9), "\(killed.text)")
        let connection = try await Connection.open(parameters)
        #expect(try await sessionsEnd(on: connection))
        let left = try #require(try await BackfillPosition.read(connection))
        try #require(!left.isComplete)
        try await tool(command, parameters)
        let end = try #require(try await BackfillPosition.read(connection))
        #expect(end.isAtOrAfter(left))
        #expect(end.rows == rows)
        #expect(try await wrongFills(parameters) == 0)
        await connection.close()
    }

    /// After any line that it prints, through all phases and back again.
    @Test(arguments: [4, 7, 10, 13, 16, 19, 22]) func killedAtAnyLine(_ line: Int) async throws {
        let parameters = try await prepared(every: 2, rows: 6_000)
        let original = try await Account.portrait(parameters)
        for (command, through) in [(Tool.addNotNull(through: "swap"), line), (Tool.rollback, line / 6)] {
            let ending = try await Tool.run(
                command,
                on: parameters,
                onLine: { count, running in if count == through { running.kill() } }
            )
            #expect([.signaled(9), .exited(0)].contains(ending.status), "\(ending.text)")
            try await tool(command, parameters)
        }
        #expect(try await Account.portrait(parameters).differences(from: original) == [])
        try await TestDatabase.current.run("UPDATE account SET city = NULL WHERE id % 2 = 0")
        _ = try await Tool.run(
            Tool.addNotNull(through: "drop"),
            on: parameters,
            onLine: { count, running in if count == line + 4 { running.kill() } }
        )
        try await tool(Tool.addNotNull(through: "drop"), parameters)
        let finished = try await Account.portrait(parameters)
        try await TestDatabase.current.run("ALTER TABLE account ALTER city DROP NOT NULL")
        #expect(try await Account.portrait(parameters).differences(from: original) == [])
        try await TestDatabase.current.run("ALTER TABLE account ALTER city SET NOT NULL")
        #expect(try await Account.portrait(parameters).differences(from: finished) == [])
        #expect(try await wrongFills(parameters) == 0)
    }

    /// The same table under the same load, for the time that a rename's backfill takes.
    @Test(.enabled(if: Size.isLong)) func renameForComparison() async throws {
        let parameters = try await prepared(every: 20)
        let writers = NullWriters(parameters, rows: rows)
        writers.start(4)
        let start = ContinuousClock.now
        try await tool(Tool.rename(through: "backfill"), parameters)
        print("rename-column, expand and backfill of \(rows) rows under load: \(ContinuousClock.now - start)")
        expectUndisturbed(try await writers.stop())
    }

    private func prepared(every part: Int, rows: Int? = nil) async throws -> ConnectionParameters {
        let database = try TestDatabase.current
        try await Account.create(rows: rows ?? self.rows, on: database.parameters, indexed: false)
        try await database.run("UPDATE account SET city = NULL WHERE id % \(part) = 0")
        try await database.run("VACUUM ANALYZE account")
        return database.parameters
    }

    private func tool(_ command: [String], _ parameters: ConnectionParameters) async throws {
        let ending = try await Tool.run(command, on: parameters)
        try #require(ending.status == .exited(0), "\(ending.text)")
    }

    private func nulls(_ parameters: ConnectionParameters) async throws -> Int {
        try await count("city IS NULL", parameters)
    }

    /// Rows that hold something which nobody wrote.
    private func wrongFills(_ parameters: ConnectionParameters) async throws -> Int {
        try await count("city NOT IN ('city of ' || name, 'city ' || id % 1000, 'new', 'y')", parameters)
    }

    private func count(_ condition: SQL, _ parameters: ConnectionParameters) async throws -> Int {
        let connection = try await Connection.open(parameters)
        let count: Int = try await connection.value("SELECT count(*) FROM account WHERE (\(condition)) IS NOT FALSE")
        await connection.close()
        return count
    }

    private func expectUndisturbed(_ tally: NullWriters.Tally) {
        #expect(tally.writes > 100)
        #expect(tally.errors == [])
        #expect(tally.longest <= .milliseconds(200) + Size.noise, "\(tally.longest.inMilliseconds)")
        if Size.isLong { print("  \(tally.writes) statements, the longest took \(tally.longest.inMilliseconds)") }
    }

    private func pause() async throws {
        try await Task.sleep(for: Size.of(short: .milliseconds(500), long: .seconds(3)))
    }
}
