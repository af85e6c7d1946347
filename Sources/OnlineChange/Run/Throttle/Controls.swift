import Foundation
import Postgres

/// What can be set while a change runs, from any machine; takes effect at the next batch.
public struct Controls: Hashable, Sendable {
    /// Whether the backfill and the comparison hold still.
    public var isPaused: Bool
    /// What holds them back of itself, and how fast they may go.
    public var limits: Limits

    /// Controls with the defaults for what is not given.
    public init(isPaused: Bool = false, limits: Limits = [:]) {
        self.isPaused = isPaused
        self.limits = limits
    }

    init(_ row: Row) throws {
        isPaused = try row["paused"]
        let text: String = try row["limits"]
        // Most changes have none, and every batch brings them along.
        limits = text == "{}" ? [:] : try JSONDecoder().decode(Limits.self, from: Data(text.utf8))
    }
}
