import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Someone holds the table when a step of DDL is due: the change waits, the application doesn't.
@Suite(.database, .timeLimit(.minutes(20)))
struct HeldLockTests {
    private let rows = 5_000
    private let hold: Duration = Size.of(short: .seconds(4), long: .seconds(30))

    /// A moment at which DDL is due.
    enum Due: String, CaseIterable, Sendable {
        case expand, swap, drop
        case rollbackOfExpand = "rollback of expand"
        case rollbackOfSwap = "rollback of swap"

        /// The phase that must have been reached.
        var before: String? {
            switch self {
            case .expand: nil
            case .swap: "backfill"
            case .drop, .rollbackOfSwap: "swap"
            case .rollbackOfExpand: "expand"
            }
        }

        func perform(_ rename: Rename) async throws {
            switch self {
            case .expand, .swap, .drop: try await rename.through(rawValue)
            case .rollbackOfExpand, .rollbackOfSwap: try await rename.rollback()
            }
        }
    }

    /// How the reader's transaction reads.
    enum Reader: String, CaseIterable, Sendable {
        case idle = "idle in transaction"
        case snapshot = "with a snapshot"
        case young = "begun just now"
    }

    @Test(arguments: Due.allCases, Reader.allCases)
    func readerStaysOpen(_ due: Due, _ reader: Reader) async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let rename = try Rename(parameters)
        if let before = due.before { try await rename.through(before) }
        let baseline = try await Probe.during(parameters, rows: rows) { try await Task.sleep(for: hold / 2) }

        let connection = try await Connection.open(parameters)
        try await connection.run(
            reader == .snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN ISOLATION LEVEL READ COMMITTED"
        )
        try await connection.run("SELECT count(*) FROM account")
        if reader != .young { try await Task.sleep(for: .milliseconds(1_100)) }
        let start = ContinuousClock.now
        let waits = try await Probe.during(parameters, rows: rows) {
            async let change: Void = due.perform(rename)
            try await Task.sleep(for: hold)
            try await connection.run("COMMIT")
            try await change
        }
        let took = ContinuousClock.now - start
        await connection.close()

        #expect(took >= hold)
        #expect(took < hold + .seconds(12))
        #expect(waits.errors == [])
        let limit = .milliseconds(100) + baseline.longest + Size.noise
        #expect(waits.longest <= limit, "baseline \(baseline.longest.inMilliseconds)")
        if Size.isLong {
            print(
                "\(due.rawValue), reader \(reader.rawValue) for \(hold): longest application wait",
                "\(waits.longest.inMilliseconds) of \(waits.statements) statements (without us",
                "\(baseline.longest.inMilliseconds)), done \((took - hold).inMilliseconds) after the reader"
            )
        }
    }

    /// A prepared transaction has no process that could be looked at, and holds its locks all the same. At the deadline
    /// nothing is done; when it is gone the same command goes on.
    @Test func preparedTransactionHoldsTheTable() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let original = try await Account.portrait(parameters)
        let name = try TestDatabase.current.name
        let connection = try await Connection.open(parameters)
        for due in [Due.expand, .swap, .drop] {
            if let before = due.before { try await Rename(parameters).through(before) }
            let before = try await Account.portrait(parameters)
            try await connection.run("BEGIN")
            try await connection.run("UPDATE account SET city = 'held' WHERE id = 1")
            try await connection.script(["PREPARE TRANSACTION \(literal: name)"])
            let refused = await failure { try await due.perform(Rename(parameters, deadline: 1.5)) }
            #expect(refused?.kind == .notNow)
            #expect(refused?.message.contains("prepared transaction '\(name)'") == true, "\(refused?.message ?? "")")
            let after = try await Account.portrait(parameters)
            #expect(after.differences(from: due == .expand ? original : before) == [])
            try await connection.script(["ROLLBACK PREPARED \(literal: name)"])
            try await due.perform(Rename(parameters))
        }
        await connection.close()
    }

    /// What the deadline leaves is what was there before, and the same command continues.
    @Test(arguments: Due.allCases)
    func deadlineLeavesNothing(_ due: Due) async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        if let before = due.before { try await Rename(parameters).through(before) }
        let before = try await Account.portrait(parameters)
        let connection = try await Connection.open(parameters)
        try await connection.run("BEGIN")
        try await connection.run("SELECT count(*) FROM account")
        let start = ContinuousClock.now
        let refused = await failure { try await due.perform(Rename(parameters, deadline: 1.5)) }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(refused?.kind == .notNow, "\(refused?.description ?? "no failure")")
        #expect(refused?.message.contains("SELECT count(*) FROM account") == true, "\(refused?.message ?? "")")
        try await connection.run("COMMIT")
        #expect(try await Account.portrait(parameters).differences(from: before) == [])
        await connection.close()
        try await due.perform(Rename(parameters))
    }
}
