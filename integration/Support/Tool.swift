import Foundation
import Postgres
import Subprocess
import Synchronization

/// The built program, run as a process of its own that can be killed.
enum Tool {
    /// How a run ended.
    struct Ending: Sendable {
        let status: TerminationStatus
        let lines: [String]
        let errors: String

        /// Everything that it printed, for messages of failed tests.
        var text: String { "\(status)\n" + (lines.suffix(12) + [errors]).joined(separator: "\n") }
    }

    /// A process that runs.
    struct Running: Sendable {
        let pid: Int32

        /// Ends it as the kernel would, without a moment to tidy up.
        func kill() {
            _ = Foundation.kill(pid, SIGKILL)
        }
    }

    /// `ONLINE_CHANGE_BINARY`, or what was built beside the tests.
    static let path =
        ProcessInfo.processInfo.environment["ONLINE_CHANGE_BINARY"]
        ?? Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "online-change").path

    /// Runs a command with its events as JSON lines.
    ///
    /// - Parameters:
    ///   - meanwhile: runs beside it.
    ///   - onLine: is called with the number of each line that was printed.
    static func run(
        _ arguments: [String],
        on parameters: ConnectionParameters,
        environment: Environment = .inherit,
        meanwhile: @escaping @Sendable (Running) async throws -> Void = { _ in },
        onLine: @escaping @Sendable (Int, Running) async throws -> Void = { _, _ in }
    ) async throws -> Ending {
        let lines = Mutex<[String]>([])
        let result = try await Subprocess.run(
            .path(.init(path)),
            arguments: Arguments(arguments + ["--json", "--dsn", parameters.conninfo ?? ""]),
            environment: environment,
            input: .none,
            output: .sequence,
            error: .string(limit: 1 << 16)
        ) { execution in
            let running = Running(pid: execution.processIdentifier.value)
            async let beside: Void = meanwhile(running)
            for try await line in execution.standardOutput.strings() {
                let count = lines.withLock { lines in
                    lines.append(line)
                    return lines.count
                }
                try await onLine(count, running)
            }
            try await beside
        }
        return Ending(
            status: result.terminationStatus,
            lines: lines.withLock { $0 },
            errors: result.standardError
        )
    }

    /// What a run printed for people, and its exit code.
    struct Output: Sendable {
        let code: Int32
        let output: String
        let errors: String
    }

    /// Runs a command to its end, with its output for people.
    static func output(_ arguments: [String], on parameters: ConnectionParameters) async throws -> Output {
        let result = try await Subprocess.run(
            .path(.init(path)),
            arguments: Arguments(arguments + ["--dsn", parameters.conninfo ?? ""]),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16)
        )
        var code: Int32 = -1
        if case .exited(let status) = result.terminationStatus { code = status }
        return Output(code: code, output: result.standardOutput, errors: result.standardError)
    }

    /// The command that renames `account.name`, through a phase.
    static func rename(through phase: String, _ more: String...) -> [String] {
        ["rename-column", "account", "name", "full_name", "--name", Rename.name, "--through", phase, "--yes"] + more
    }

    /// The command that makes `account.city` NOT NULL, through a phase.
    static func addNotNull(through phase: String, _ more: String...) -> [String] {
        [
            "add-not-null", "account", "city", "--fill", "'city of ' || name", "--name", Rename.name, "--through",
            phase,
            "--yes",
        ] + more
    }

    static let rollback = ["rollback", Rename.name]
}
