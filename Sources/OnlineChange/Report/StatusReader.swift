import Postgres

/// Reads how changes stand, again and again by one session. It needs no runner, on this machine or elsewhere.
public struct StatusReader: Sendable {
    private let session: Session

    /// Connects.
    public static func open(_ parameters: ConnectionParameters) async throws -> StatusReader {
        StatusReader(session: try await Session.open(parameters))
    }

    /// The status of all changes, the newest first, or of one.
    ///
    /// - Throws: `Failure.refused` if there is no such change.
    public func read(_ change: String?) async throws -> [ChangeStatus] {
        try await ChangeStatus.read(session, change: change)
    }

    /// Ends its session.
    public func close() async {
        await session.close()
    }
}
