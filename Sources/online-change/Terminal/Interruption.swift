import Dispatch
import Foundation
import OnlineChange

/// Lets Ctrl-C and SIGTERM end a run cleanly: the statement under way is cancelled and what was committed stands.
enum Interruption {
    /// Runs `body`; the first signal cancels it, the second ends the process at once.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
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
        defer { sources.forEach { $0.cancel() } }
        // A reader that goes away (`| head`) ends us like any other program.
        signal(SIGPIPE, SIG_DFL)
        try await task.value
    }
}
