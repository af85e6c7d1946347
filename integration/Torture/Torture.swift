import Foundation
import Oracles

/// The tool killed, cut off, starved and misused. `make torture` runs all of it; every `swift test` a part.
enum Torture {
    /// `ONLINE_CHANGE_TORTURE=1`: every case, not a choice of them.
    static let isWhole = ProcessInfo.processInfo.environment["ONLINE_CHANGE_TORTURE"] == "1"

    static func of<Value>(part: Value, whole: Value) -> Value { isWhole ? whole : part }

    /// What this run's choices come from; printed by `make torture`, given again as `ONLINE_CHANGE_SEED`.
    static let seed = Seed.fromEnvironment

    /// A line of the table that `make torture` prints.
    struct Line: Codable, Sendable {
        let scenario: String
        var tried = 0
        var passed = 0
        /// Acknowledged writes that were not found again; nil where nobody wrote.
        var lostWrites: Int?
        /// Errors of the application other than those that a server's own end causes.
        var applicationErrors: Int?
        /// Seconds.
        var time = 0.0
    }

    /// Prints the line, and puts it down in the file that `ONLINE_CHANGE_TORTURE_TABLE` names.
    static func record(_ line: Line) throws {
        print("torture: \(line.scenario): \(line.passed) of \(line.tried) passed in \(Int(line.time)) s")
        guard let path = ProcessInfo.processInfo.environment["ONLINE_CHANGE_TORTURE_TABLE"] else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(line) + Data("\n".utf8)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: data)
        try file.close()
    }

    /// Runs a scenario's cases one after another and records how many of them passed; each says what is wrong with it.
    static func scenario<Case: Sendable>(
        _ name: String,
        _ cases: [Case],
        _ run: (Case) async throws -> [String]
    ) async throws -> [String] {
        try await countedScenario(name, cases) { Outcome(complaints: try await run($0), applicationErrors: nil) }
    }
}
