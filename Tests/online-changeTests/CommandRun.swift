import Foundation
import Subprocess
import TestSupport
import Testing

/// A run of the built binary: what it printed and how it ended.
struct CommandRun {
    /// The exit code; 128 and the signal's number where one ended it.
    let code: Int32
    let output: String
    let errors: String

    /// The lines of the output as JSON objects; an issue for each that is none.
    func objects() throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw NoObject(line: String(line))
            }
            return object
        }
    }

    struct NoObject: Error {
        let line: String
    }
}

/// Runs online-change against the test's database.
///
/// - Parameter meanwhile: what to do while it runs; it can send signals.
@discardableResult
func onlineChange(
    _ arguments: String...,
    dsn: String? = nil,
    meanwhile: @Sendable (_ send: @Sendable (Signal) throws -> Void) async throws -> Void = { _ in }
) async throws -> CommandRun {
    let target = if let dsn { dsn } else { try TestDatabase.current.parameters.conninfo ?? "" }
    return try await run(binary, arguments + ["--dsn", target], meanwhile: meanwhile)
}

/// Runs any program, with the environment that leads to the test's database.
func run(
    _ program: String,
    _ arguments: [String],
    typing input: String = "",
    environment: [Environment.Key: String?] = [:],
    meanwhile: @Sendable (_ send: @Sendable (Signal) throws -> Void) async throws -> Void = { _ in }
) async throws -> CommandRun {
    // A program that ends before it has read its input must not end us.
    signal(SIGPIPE, SIG_IGN)
    let result = try await Subprocess.run(
        Configuration(
            executable: program.contains("/") ? .path(.init(program)) : .name(program),
            arguments: Arguments(arguments),
            environment: .inherit.updating(["COLUMNS": "80", "LC_ALL": "C.UTF-8"]).updating(environment)
        ),
        input: .string(input),
        output: .string(limit: 8 << 20),
        error: .string(limit: 8 << 20)
    ) { execution in
        try await meanwhile { try execution.send(signal: $0) }
    }
    let code: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    return CommandRun(code: code, output: result.standardOutput, errors: result.standardError)
}

/// Waits until a program that was just started has looked into the test's database, and rests.
func untilItHasLooked() async throws {
    let database = try TestDatabase.current
    try await eventually {
        try await database.value(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'
              AND application_name = 'online-change' AND state_change < clock_timestamp() - interval '100 ms')
            """
        )
    }
}

/// The program, which the build puts beside the tests.
let binary: String = {
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let place = bundles.first ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return place.deletingLastPathComponent().appendingPathComponent("online-change").path
}()
