import Foundation
import OnlineChange
import Postgres

/// One session that answers questions one after another, made anew when it is lost.
actor DatabaseView {
    private let parameters: ConnectionParameters
    private var session: Session?
    private var last: Task<Void, Never>?
    /// Seconds that a question may take, connecting included.
    private static let limit = 10.0

    init(_ parameters: ConnectionParameters) {
        self.parameters = parameters
    }

    /// Reads something.
    ///
    /// - Throws: whatever the reading throws, and `Failure.unreachable` if it takes too long.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Session) async throws -> Value) async throws -> Value {
        let before = last
        let task = Task {
            await before?.value
            return try await self.attempt(body)
        }
        last = Task { _ = try? await task.value }
        let clock = Task {
            try await Task.sleep(for: .seconds(Self.limit))
            task.cancel()
        }
        defer { clock.cancel() }
        do {
            return try await task.value
        } catch {
            guard task.isCancelled, !Task.isCancelled else { throw error }
            throw Failure(.unreachable, "the database did not answer in \(Int(Self.limit)) s")
        }
    }

    private func attempt<Value: Sendable>(
        _ body: @escaping @Sendable (Session) async throws -> Value
    ) async throws -> Value {
        if let session {
            do {
                return try await body(session)
            } catch {
                if error is Failure { throw error }
                // It was lost since the last question, or is in a state that nobody knows.
                self.session = nil
                await session.close()
                try Task.checkCancellation()
            }
        }
        let session = try await Session.open(parameters)
        do {
            let value = try await body(session)
            self.session = session
            return value
        } catch {
            await session.close()
            throw error
        }
    }

    /// Ends the session.
    func close() async {
        await session?.close()
        session = nil
    }
}
