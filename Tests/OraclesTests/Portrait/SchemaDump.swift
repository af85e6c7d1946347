import Foundation
import Postgres

/// What `pg_dump --schema-only` prints; the program is the one that ONLINE_CHANGE_TEST_PG_DUMP names.
enum SchemaDump {
    static let program = ProcessInfo.processInfo.environment["ONLINE_CHANGE_TEST_PG_DUMP"]

    static func take(_ parameters: ConnectionParameters) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program ?? "")
        process.arguments = [
            "--schema-only", "--exclude-schema=online_change", "--dbname=" + (parameters.conninfo ?? ""),
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        // Newer ones enclose the dump in \restrict and a random word.
        return String(decoding: data, as: UTF8.self)
            .split(separator: "\n").filter { !$0.hasPrefix("\\") }.joined(separator: "\n")
    }
}
