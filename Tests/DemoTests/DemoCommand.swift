import Foundation
import Subprocess

/// Runs the built `online-change demo` with a temporary folder of its own, to see what it leaves there.
enum DemoCommand {
    /// What a run printed, how it ended, and the files that it left.
    struct Outcome {
        var lines: [String] = []
        var errors = ""
        var status: TerminationStatus
        var leftovers: [String]
    }

    /// Runs it; sends SIGINT once, when a line begins so.
    static func run(_ arguments: [String], interruptedAt mark: String? = nil) async throws -> Outcome {
        // Below /tmp, for the path of a server's socket may not be long.
        let folder = "/tmp/oc-demo-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Where root runs the tests, the server belongs to somebody else.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        let result = try await Subprocess.run(
            .path(.init(binary)),
            arguments: Arguments(["demo"] + arguments),
            environment: .inherit.updating(["TMPDIR": folder]),
            input: .none,
            output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            var lines: [String] = []
            var isInterrupted = false
            for try await line in execution.standardOutput.strings() {
                lines.append(line)
                guard let mark, !isInterrupted, line.hasPrefix(mark) else { continue }
                isInterrupted = true
                try execution.send(signal: .interrupt)
            }
            return lines
        }
        return Outcome(
            lines: result.closureResult,
            errors: result.standardError,
            status: result.terminationStatus,
            leftovers: try FileManager.default.contentsOfDirectory(atPath: folder)
        )
    }

    private static var binary: String {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
            return bundle.bundleURL.deletingLastPathComponent().appending(path: "online-change").path()
        #else
            return Bundle.main.bundleURL.appending(path: "online-change").path()
        #endif
    }
}
