internal import CLibPQ
import Dispatch
import Synchronization

/// Cancels the statement that runs on a connection, and never the one after it.
///
/// The server ignores a cancel request that arrives before the statement does, so the request is repeated until the
/// statement ends. Its end and each request share a lock, and each request knows which statement it is for: a late one
/// can't hit the next statement.
final class StatementCanceller: Sendable {
    /// One statement, told from those before and after it.
    struct Statement: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct State: ~Copyable {
        var count = 0
        var running: Statement?
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

    func statementBegins() -> Statement {
        state.withLock { state in
            state.count += 1
            let statement = Statement(number: state.count)
            state.running = statement
            return statement
        }
    }

    func statementEnded() {
        state.withLock { $0.running = nil }
    }

    /// Asks until the statement has ended; returns at once.
    func cancel(_ statement: Statement) {
        DispatchQueue.global().async { self.repeatUntilEnded(statement) }
    }

    private func repeatUntilEnded(_ statement: Statement) {
        let sent = state.withLock { state in
            guard state.running == statement else { return false }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(state.handle, &message, Int32(message.count))
            return true
        }
        guard sent else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + interval) { self.repeatUntilEnded(statement) }
    }
}
