import Foundation
import OnlineChange
import Postgres

/// A command of a shell's in place of the demo, on the demo's server and tables: pictures are drawn so.
struct DemoCommand: Sendable {
    let server: DemoServer
    let story: DemoStory
    let rows: Int

    /// Runs the command, which libpq's environment variables lead to the server.
    ///
    /// - Throws: `Failure.refused` if it fails.
    func run(_ command: String) async throws {
        let story = story
        let rows = rows
        try await server.connected(to: .online) { connection in
            for statement in story.schema(rows) { try await connection.run(Query(statement)) }
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = ProcessInfo.processInfo.environment.merging(server.environment) { $1 }
        try process.run()
        while process.isRunning {
            // Whoever interrupts us has interrupted it too.
            try? await Task.sleep(for: .milliseconds(100))
        }
        guard process.terminationStatus == 0 else {
            throw Failure(.refused, "the command ended with \(process.terminationStatus): \(command)")
        }
    }
}
