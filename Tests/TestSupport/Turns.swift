import Synchronization

/// Lets so many tasks at a time into a piece of work, in the order in which they came.
///
/// The testing library may start all tests at once, and a server has only so many connections.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    func take<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        await wait()
        defer { release() }
        return try await work()
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isMine = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isMine { continuation.resume() }
        }
    }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
