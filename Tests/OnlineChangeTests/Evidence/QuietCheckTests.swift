import OnlineChange
import Postgres
import TestSupport
import Testing

/// Drop waits for old releases to stop writing, where that is asked for.
@Suite(.database, .timeLimit(.minutes(20)))
struct QuietCheckTests {
    /// Takes the rename through drop.
    private func drop(_ demand: QuietDemand) async throws -> (failure: Failure?, events: [Event]) {
        let rename = try Rename()
        var runner = rename.runner
        runner.quiet = demand
        do {
            try await runner.advance(Rename.change, through: "drop")
            return (nil, rename.events)
        } catch {
            return (Failure(error), rename.events)
        }
    }

    /// What the audit trail says of it.
    private func audit() async throws -> [String] {
        let connection = try await TestDatabase.current.connect()
        let rows = try await connection.run("SELECT what FROM online_change.audit WHERE what LIKE 'drop%quiet for%'")
            .rows
        await connection.close()
        return try rows.map { try $0["what"] }
    }

    @Test func refusedWhileWritesCome() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await connection.run("UPDATE t SET name = 'a' WHERE id = 1")
        let (failure, events) = try await drop(QuietDemand(seconds: 3600))
        #expect(failure?.kind == .refused)
        #expect(failure?.message.hasPrefix("it has been quiet for ") == true)
        #expect(failure?.left == "Nothing of drop was done: old releases can go on.")
        #expect(failure?.next?.contains("run the same command again from ") == true)
        #expect(!events.contains { if case .phaseStarted = $0 { true } else { false } })
        try await connection.run("UPDATE t SET name = 'b' WHERE id = 1")
        await connection.close()
    }

    @Test func swapIsTheBeginning() async throws {
        let connection = try await TruthTable(.swapped).connection
        #expect(try await drop(QuietDemand(seconds: 3600)).failure?.kind == .refused)
        #expect(try await drop(QuietDemand(seconds: 0.01)).failure == nil)
        #expect(try await audit().count == 1)
        await connection.close()
    }

    @Test func forced() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await connection.run("UPDATE t SET name = 'a' WHERE id = 1")
        #expect(try await drop(QuietDemand(seconds: 3600, isForced: true)).failure == nil)
        let line = try #require(await audit().first)
        #expect(line.contains("drop forced although it has been quiet for"))
        #expect(line.contains("1 h 0 min were asked for; public.t.name: 1 by this name alone since swap, the first at"))
        await connection.close()
    }

    @Test func whatIsNotCountedIsRefused() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await connection.script(["DROP TRIGGER \"!online_change full_name count i\" ON t"])
        let failure = try await drop(QuietDemand(seconds: 0.01)).failure
        #expect(failure?.kind == .refused)
        #expect(failure?.message.hasPrefix("whether old releases still write can't be told") == true)
        #expect(try await drop(QuietDemand(seconds: 0.01, isForced: true)).failure == nil)
        await connection.close()
    }

    /// A write that comes between the look and the lock stops drop.
    @Test func aWriteBeforeTheLock() async throws {
        let connection = try await TruthTable(.swapped).connection
        let holder = try await TestDatabase.current.connect()
        try await connection.run("SELECT pg_sleep(1.1)")
        try await holder.run("BEGIN")
        try await holder.run("SELECT full_name FROM t LIMIT 1")
        async let dropping = drop(QuietDemand(seconds: 1))
        // It has looked by the time that it waits for the lock.
        try await eventually {
            try await connection.value("SELECT waiting LIKE 'lock: %' FROM online_change.change", as: Bool?.self)
                == true
        }
        try await connection.run("UPDATE t SET name = 'late' WHERE id = 1")
        try await holder.run("COMMIT")
        let failure = try await dropping.failure
        #expect(failure?.kind == .refused)
        #expect(try await connection.value("SELECT name FROM t WHERE id = 1") == "late")
        await holder.close()
        await connection.close()
    }
}
