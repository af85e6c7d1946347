import Foundation
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

/// The tool is killed, the same command is given again, and nothing shows of it in the end.
@Suite(.database, .timeLimit(.minutes(20)))
struct KilledToolTests {
    /// In the middle of the backfill: the position is kept, and no row is written twice.
    @Test func backfillGoesOnWhereItWasKilled() async throws {
        let parameters = try TestDatabase.current.parameters
        let rows = Size.of(short: 60_000, long: 1_000_000)
        try await Account.create(rows: rows, on: parameters)
        let connection = try await Connection.open(parameters)
        let command = Tool.rename(through: "backfill", "--batch-time", "5")

        let killed = try await Tool.run(command, on: parameters) { running in
            let observer = try await Connection.open(parameters)
            try await eventually(within: .seconds(60)) {
                try await BackfillPosition.read(observer)?.rows ?? 0 >= rows / 4
            }
            running.kill()
            await observer.close()
        }
        #expect(killed.status == .signaled(SIGKILL), "\(killed.text)")
        #expect(try await sessionsEnd(on: connection))
        let left = try #require(try await BackfillPosition.read(connection))
        #expect(left.rows >= rows / 4)
        try #require(!left.isComplete)

        let again = try await Tool.run(command, on: parameters) { _ in
            let observer = try await Connection.open(parameters)
            var last = left
            try await eventually(within: .seconds(60)) {
                let position = try #require(try await BackfillPosition.read(observer))
                #expect(position.isAtOrAfter(last), "\(last) went back to \(position)")
                last = position
                return position.isComplete
            }
            await observer.close()
        }
        #expect(again.status == .exited(0), "\(again.text)")
        let end = try #require(try await BackfillPosition.read(connection))
        #expect(end.rows == rows)
        #expect(end.batches > left.batches)
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: parameters) == 0)
        await connection.close()
        if Size.isLong {
            print("kill -9 at \(left.rows) of \(rows) rows, \(left.batches) batches; after the same command again:")
            print("  \(end.rows) rows in \(end.batches) batches, \(again.lines.count) events, \(again.status)")
        }
    }

    /// At random moments of every phase, and of the way back.
    @Test(arguments: Seeds.all) func anyMomentIsAsGood(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let parameters = try TestDatabase.current.parameters
        let rows = 12_000
        try await Account.create(rows: rows, on: parameters)
        let original = try await Account.portrait(parameters)
        let goesBack = Bool.random(using: &random)
        let command = Tool.rename(through: goesBack ? "swap" : "drop", "--batch-time", "3")
        try await runKilled(command, kills: 3, lines: 40, parameters, &random)
        if goesBack {
            try await runKilled(Tool.rollback, kills: 2, lines: 8, parameters, &random)
        }

        let name: Identifier = goesBack ? "name" : "full_name"
        #expect(try await Account.damaged(rows: rows, by: name, on: parameters) == 0)
        let connection = try await Connection.open(parameters)
        #expect(try await sessionsEnd(on: connection))
        if !goesBack { try await connection.run("ALTER TABLE account RENAME full_name TO name") }
        await connection.close()
        #expect(try await Account.portrait(parameters).differences(from: original) == [])
    }

    /// Gives a command again and again, killing it after so many lines and a few milliseconds, and then lets it end.
    private func runKilled(
        _ command: [String],
        kills: Int,
        lines: Int,
        _ parameters: ConnectionParameters,
        _ random: inout SeededGenerator
    ) async throws {
        for _ in 0..<kills {
            let line = Int.random(in: 1...lines, using: &random)
            let delay = Double.random(in: 0...30, using: &random)
            let ending = try await Tool.run(
                command,
                on: parameters,
                onLine: { count, running in
                    guard count == line else { return }
                    try await Task.sleep(for: .milliseconds(delay))
                    running.kill()
                }
            )
            #expect([.signaled(SIGKILL), .exited(0)].contains(ending.status), "line \(line): \(ending.text)")
        }
        let ending = try await Tool.run(command, on: parameters)
        #expect(ending.status == .exited(0), "\(ending.text)")
    }
}

/// Seeds that a failed test names, so that it can be run again.
enum Seeds {
    static let all: [UInt64] = {
        let first = ProcessInfo.processInfo.environment["ONLINE_CHANGE_SEED"].flatMap { UInt64($0) }
        let count = Size.of(short: 6, long: 60)
        return first.map { [$0] } ?? (0..<count).map { _ in UInt64.random(in: 0...999_999) }
    }()
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
