import Postgres
import Synchronization

/// Makes a partition below the others again and again and moves rows there by an update of the key, each with a name
/// of its own.
final class Mover: Sendable {
    private struct State {
        var isOver = false
        var usesBothNames = false
    }

    private let parameters: ConnectionParameters
    private let state = Mutex(State())

    /// The time until the second partition comes; the next ones take longer and longer.
    private let pause: Duration

    init(_ parameters: ConnectionParameters, pause: Duration = .milliseconds(100)) {
        self.parameters = parameters
        self.pause = pause
    }

    /// From here on every second name is written to the column of the new release.
    func usesBothNames() {
        state.withLock { $0.usesBothNames = true }
    }

    func stop() {
        state.withLock { $0.isOver = true }
    }

    /// Runs until it is stopped.
    ///
    /// - Returns: the name that each moved row was given last, by the row's number.
    func run() async throws -> [Int: String] {
        let connection = try await Connection.open(parameters)
        var names: [Int: String] = [:]
        var round = 0
        while !state.withLock({ $0.isOver }) {
            round += 1
            let (low, high) = (-1000 * (round + 1), -1000 * round)
            try await connection.script([
                """
                CREATE TABLE \(Identifier("below_\(round)")) PARTITION OF account FOR VALUES FROM (\(low)) TO (\(high))
                """
            ])
            for row in 1...20 {
                let name = "row \(row), round \(round)"
                let usesBothNames = state.withLock { $0.usesBothNames }
                let column: Identifier = usesBothNames && row.isMultiple(of: 2) ? "full_name" : "name"
                let key = high - row
                if row.isMultiple(of: 3) {
                    // The move alone takes what both columns hold along.
                    try await connection.run("UPDATE account SET \(column) = \(name) WHERE id = \(key + 1000)::bigint")
                    try await connection.run("UPDATE account SET id = \(key)::bigint WHERE id = \(key + 1000)::bigint")
                } else {
                    try await connection.run(
                        "UPDATE account SET id = \(key)::bigint, \(column) = \(name) WHERE id = \(key + 1000)::bigint"
                    )
                }
                names[row] = name
            }
            // So many partitions as can be locked together in time.
            try await Task.sleep(for: pause * round)
        }
        await connection.close()
        return names
    }
}
