import CLibPQ
import Dispatch
import Synchronization

/// Cancels the statement that runs on a connection, and never the one after it.
///
/// The server ignores a cancel request that arrives before the statement does, so the request is repeated until the
/// statement ends. Its end and each request share a lock: a late request can't hit the next statement.
final class StatementCanceller: Sendable {
    private struct State: ~Copyable {
        var running = false
        nonisolated(unsafe) var handle: OpaquePointer?
    }

    private let state: Mutex<State>
    private let interval: DispatchTimeInterval = .milliseconds(50)

    init(connection: OpaquePointer) {
        state = Mutex(State(handle: PQgetCancel(connection)))
    }

    deinit {
        state.withLock { PQfreeCancel($0.handle) }
    }

    func statementBegins() {
        state.withLock { $0.running = true }
    }

    func statementEnded() {
        state.withLock { $0.running = false }
    }

    /// Asks until the statement has ended; returns at once.
    func cancel() {
        DispatchQueue.global().async { self.repeatUntilEnded() }
    }

    private func repeatUntilEnded() {
        let sent = state.withLock { state in
            guard state.running else { return false }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(state.handle, &message, Int32(message.count))
            return true
        }
        guard sent else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + interval) { self.repeatUntilEnded() }
    }
}
