import Foundation
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

/// The first target: whole renames of a large table under load, one after another. `ten-runs.sh` runs it alone.
@Suite(.enabled(if: Size.isLong), .database, .timeLimit(.minutes(60)))
struct TenRunsTests {
    private let rows = Int(ProcessInfo.processInfo.environment["ONLINE_CHANGE_ROWS"] ?? "") ?? 1_000_000

    @Test func tenInARow() async throws {
        let parameters = try TestDatabase.current.parameters
        print("run  rows     backfill  rows/s  writes   reads    errors lost wrong  longest wait  without us  limit")
        for run in 1...10 {
            try await Account.create(rows: rows, on: parameters)
            try await rename(run, parameters)
            try await TestDatabase.current.run("DROP TABLE account")
        }
    }

    /// Four clients at any time: the old release, then two of each, then the new one.
    private func rename(_ run: Int, _ parameters: ConnectionParameters) async throws {
        let traffic = Traffic(parameters)
        let baseline = try await traffic.baseline(clients: 4)
        let connection = try await Connection.open(parameters)

        let old = traffic.workload(old: 4, new: 0)
        try await old.start()
        try await tool(Tool.rename(through: "expand"), parameters)
        let start = ContinuousClock.now
        try await tool(Tool.rename(through: "backfill"), parameters)
        let seconds = Double((ContinuousClock.now - start).components.seconds)
        let before = await old.stop()
        var lost = try await old.verify(on: connection, through: ["name", "full_name"]).count

        let both = traffic.workload(old: 2, new: 2)
        try await both.start()
        await both.startNewRelease()
        try await Task.sleep(for: .seconds(2))
        try await tool(["advance", Rename.name], parameters)
        try await Task.sleep(for: .seconds(2))
        let between = await both.stop()
        lost += try await both.verify(on: connection, through: ["name", "full_name"]).count

        let new = traffic.workload(old: 0, new: 4)
        try await new.start()
        await new.startNewRelease()
        try await tool(["advance", Rename.name, "--yes"], parameters)
        try await Task.sleep(for: .seconds(1))
        let after = await new.stop()
        lost += try await new.verify(on: connection, through: ["full_name"]).count
        await connection.close()

        let tallies = [before, between, after]
        let longest = tallies.map(\.latency.maximum).max() ?? .zero
        let errors = tallies.map(\.errors).reduce(0, +)
        let wrong = tallies.map(\.wrongReads).reduce(0, +)
        let limit = .milliseconds(100) + baseline.latency.maximum
        let cells: [(String, Int)] = [
            ("\(run)", 5), ("\(rows)", 9), ("\(Int(seconds)) s", 10), ("\(Int(Double(rows) / max(1, seconds)))", 8),
            ("\(tallies.map(\.acknowledgedWrites).reduce(0, +))", 9), ("\(tallies.map(\.reads).reduce(0, +))", 9),
            ("\(errors)", 7), ("\(lost)", 5), ("\(wrong)", 7), (longest.inMilliseconds, 14),
            (baseline.latency.maximum.inMilliseconds, 12), (limit.inMilliseconds, 0),
        ]
        print(cells.map { $0.0.padding(toLength: max($0.1, $0.0.count), withPad: " ", startingAt: 0) }.joined())
        #expect(errors == 0, "\(tallies.flatMap(\.firstErrors))")
        #expect(lost == 0)
        #expect(wrong == 0, "\(tallies.flatMap(\.firstWrongReads))")
        #expect(longest <= limit)
    }

    private func tool(_ command: [String], _ parameters: ConnectionParameters) async throws {
        let ending = try await Tool.run(command, on: parameters)
        try #require(ending.status == .exited(0), "\(ending.text)")
    }
}
