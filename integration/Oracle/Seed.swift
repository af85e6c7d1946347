import Foundation
import Synchronization
import TestSupport
import Testing

/// What random tests start from.
enum Seed {
    /// `ONLINE_CHANGE_SEED`, or always the same: what turns red is then the change at hand. Other seeds find new cases.
    static var fromEnvironment: UInt64 {
        number("ONLINE_CHANGE_SEED").map { UInt64($0) } ?? 583_783_058
    }

    /// A whole number that the environment gives.
    static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }

    /// How many changes are made at once.
    static let width = 2 * ProcessInfo.processInfo.activeProcessorCount
}

/// Numbers from 0 up, each given to one of those who work at once.
final class Numbers: Sendable {
    private let used = Atomic(0)
    private let limit: Int

    init(below limit: Int) {
        self.limit = limit
    }

    var isUsedUp: Bool { used.load(ordering: .relaxed) >= limit }

    func next() -> Int? {
        let number = used.add(1, ordering: .relaxed).oldValue
        return number < limit ? number : nil
    }
}

extension Trait where Self == ConditionTrait {
    /// Disables the test on 14.0 to 14.3, which preflight refuses whatever the table, unless debug builds are told not to.
    static var serverThatCanBeChanged: Self {
        .enabled("the server is older than 14.4") {
            await TestServer.version >= 14_00_04
                || ProcessInfo.processInfo.environment["ONLINE_CHANGE_EARLY_14"] != nil
        }
    }
}
