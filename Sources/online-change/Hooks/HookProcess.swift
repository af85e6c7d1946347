import Foundation
import OnlineChange
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// One run of a hook's program.
///
/// It has a session of its own: Ctrl-C is not for it, it can't ask on our terminal, and whatever it starts can be ended
/// with it. It is given facts by the environment and an event on standard input; what it prints on standard output is
/// thrown away, for that stream is ours.
struct HookProcess {
    /// The program.
    let program: String
    /// Seconds that it may take.
    let limit: Double
    /// Variables to set.
    let facts: [String: String]
    /// What it can read.
    let input: String

    /// How it ended.
    struct Ending: Equatable {
        /// Nil if it ended well; otherwise why not, in words: `ended with 3`.
        var trouble: String?
        /// The last line that it printed on standard error.
        var lastLine: String?
    }

    /// Seconds between SIGTERM and SIGKILL.
    static let grace = 2.0

    /// Runs it to its end, or to the end of its time. If the task is cancelled it is ended likewise.
    func run() async -> Ending {
        guard let input = tmpfile(), let errors = tmpfile() else { return Ending(trouble: "had no room for its input") }
        defer {
            fclose(input)
            fclose(errors)
        }
        fputs(self.input, input)
        rewind(input)
        let clock = HookClock()
        var ending = Ending()
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(FileDescriptor(rawValue: fileno(input)), closeAfterSpawningProcess: false),
                output: .discarded,
                error: .fileDescriptor(FileDescriptor(rawValue: fileno(errors)), closeAfterSpawningProcess: false)
            ) { execution in
                await clock.start(limit, group: execution.processIdentifier.value)
            }
            switch result.terminationStatus {
            case .exited(0): break
            case .exited(let code): ending.trouble = "ended with \(code)"
            case .signaled(let signal): ending.trouble = "was ended by signal \(signal)"
            }
        } catch {
            ending.trouble = "could not be run (\(error))"
        }
        if await clock.stop() { ending.trouble = "did not end within \(ShortDuration(seconds: limit))" }
        ending.lastLine = Self.lastLine(of: errors)
        return ending
    }

    private var configuration: Configuration {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(Self.grace))
        ]
        // A hook that runs this tool must not be run by it again, and the password is not its business.
        var changes: [Environment.Key: String?] = ["ONLINE_CHANGE_HOOKS": nil, "PGPASSWORD": nil]
        for (name, value) in facts {
            // No variable can hold a NUL.
            if let key = Environment.Key(rawValue: name) { changes[key] = value.replacing("\0", with: "") }
        }
        return Configuration(
            executable: .path(.init(program)),
            environment: .inherit.updating(changes),
            platformOptions: options
        )
    }

    private static func lastLine(of file: UnsafeMutablePointer<FILE>) -> String? {
        fseek(file, 0, SEEK_END)
        let length = 4096
        fseek(file, max(0, ftell(file) - length), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: length)
        let count = fread(&bytes, 1, length, file)
        let line = String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isNewline).last {
            line in
            line.contains { !$0.isWhitespace }
        }
        return line.map { line in
            // It is shown on a terminal, whose control sequences are not the hook's to send.
            String(
                line.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(300).map(Character.init)
            )
            .trimmingCharacters(in: .whitespaces)
        }
    }
}

/// Ends a hook's process, and all that it has started, when its time is up.
private actor HookClock {
    private var task: Task<Bool, Never>?
    private var group: pid_t = 0

    func start(_ limit: Double, group: pid_t) {
        self.group = group
        task = Task {
            guard (try? await Task.sleep(for: .seconds(limit))) != nil else { return false }
            kill(-group, SIGTERM)
            try? await Task.sleep(for: .seconds(HookProcess.grace))
            kill(-group, SIGKILL)
            return true
        }
    }

    /// Whether the time was up. Nothing of the hook is left then.
    func stop() async -> Bool {
        task?.cancel()
        return await task?.value ?? false
    }
}
