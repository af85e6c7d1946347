import Foundation
import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing
import Yams

/// A folder of SQL and expectations; `README.md` in this folder says what its files are.
struct Scenario: Sendable, CustomTestStringConvertible {
    let folder: URL

    /// `scenario.yaml`.
    struct Description: Decodable, Sendable {
        var table: String
        var from: String
        var to: String
        /// What is done, one after another: a phase to go through, `rollback`, or `start` anew after one.
        var steps: [String]
        /// The kind of failure that the last step must end with, and words of its message.
        var fails: Refusal?
        /// Objects of findings that are taken note of.
        var acknowledge: [String]?

        struct Refusal: Decodable, Sendable {
            var kind: String
            var message: String
        }
    }

    var testDescription: String { folder.lastPathComponent }

    /// Every folder there is.
    static var all: [Scenario] {
        let root = Bundle.module.bundleURL.appending(path: "scenarios")
        let folders = (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return folders.filter { !$0.lastPathComponent.hasPrefix(".") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { Scenario(folder: $0) }
    }

    var description: Description {
        get throws { try YAMLDecoder().decode(Description.self, from: text("scenario.yaml") ?? "") }
    }

    /// What a file holds; nil if there is none.
    func text(_ file: String) throws -> String? {
        let file = folder.appending(path: file)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Runs a file's statements, if there is one.
    func run(_ file: String, on connection: Connection) async throws {
        guard let text = try text(file) else { return }
        try await connection.script(["\(server: text)"])
    }

    /// Runs a file's statements one by one and gives what they returned: columns between bars, `·` for NULL.
    func output(_ file: String, on connection: Connection) async throws -> String? {
        guard let text = try text(file) else { return nil }
        var lines: [String] = ["-- \(file)"]
        for statement in text.components(separatedBy: ";\n") {
            let statement = statement.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !statement.isEmpty else { continue }
            let sql: SQL = "\(server: statement)"
            do {
                guard statement.uppercased().hasPrefix("SELECT") else {
                    try await connection.run(Query(sql))
                    continue
                }
                let rows = try await connection.run(
                    """
                    SELECT (SELECT string_agg(coalesce(value, '·'), ' | ')
                            FROM json_each_text(row_to_json(answer))) FROM (\(sql)) AS answer
                    """
                ).rows
                lines += try rows.map { try $0.first() }
            } catch let error as PostgresError {
                lines.append("ERROR \(error.state?.code ?? "")")
            }
        }
        return lines.joined(separator: "\n")
    }
}
