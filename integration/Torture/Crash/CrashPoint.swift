import Foundation

/// A moment at which the program can be ended: before or after a message to the server, as `Failpoint` writes it down.
struct CrashPoint: Hashable, Sendable {
    let number: Int
    let moment: String
    let text: String

    /// What tells it from other places in the code: the statement without the numbers and names of one run.
    var shape: String { "\(moment) \(statement)" }

    /// The statement without numbers.
    var statement: String { text.replacing(/[0-9a-f]{8,}|[0-9]+/, with: "0") }

    /// The points that a process passed, from the file to which it wrote them.
    static func read(_ path: String) throws -> [CrashPoint] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", maxSplits: 2)
            guard fields.count == 3, let number = Int(fields[0]) else { return nil }
            return CrashPoint(number: number, moment: String(fields[1]), text: String(fields[2]))
        }
    }

    /// Runs a body with a file for the points that a process passes, and gives those that it passed.
    static func during<Value>(
        _ body: (String) async throws -> Value
    ) async throws -> (value: Value, points: [CrashPoint]) {
        let path = FileManager.default.temporaryDirectory.appending(path: "oc-points-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let value = try await body(path)
        return (value, FileManager.default.fileExists(atPath: path) ? try read(path) : [])
    }

    /// Every statement with the number of its points, for people.
    static func list(_ points: [CrashPoint]) -> [String] {
        Dictionary(grouping: points, by: \.statement).sorted { $0.value[0].number < $1.value[0].number }
            .map { statement, points in "  ×\(points.count) \(statement.prefix(150))" }
    }
}
