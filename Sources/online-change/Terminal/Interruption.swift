import Dispatch
import Foundation
import OnlineChange
import Synchronization

/// Lets Ctrl-C, SIGTERM and a terminal that goes away end a run cleanly: the statement under way is cancelled and what
/// was committed stands.
enum Interruption {
    /// The signals that end a run.
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    private static let running = Mutex<Task<Void, any Error>?>(nil)

    /// Runs `body`; the first signal cancels it, the second ends the process at once.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        // A reader that goes away (`| head`) is noticed by whoever writes.
        signal(SIGPIPE, SIG_IGN)
        let task = Task { try await body() }
        running.withLock { $0 = task }
        let heeded = signals.filter { !isIgnored($0) }
        let sources = heeded.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            nonisolated(unsafe) var isSecond = false
            source.setEventHandler {
                if isSecond { Foundation.exit(Failure.Kind.interrupted.rawValue) }
                isSecond = true
                task.cancel()
            }
            source.resume()
            return source
        }
        defer {
            sources.forEach { $0.cancel() }
            // What is done after the run is not worth waiting for twice.
            for number in heeded { signal(number, SIG_DFL) }
        }
        try await task.value
    }

    /// Ends the run as a signal does.
    static func interrupt() {
        running.withLock { $0?.cancel() }
    }

    /// Ignores a signal, and says whether it was to be ignored before: `nohup` means that the run outlives its terminal.
    private static func isIgnored(_ number: Int32) -> Bool {
        let before = signal(number, SIG_IGN)
        return number == SIGHUP && unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
