import Postgres
import Synchronization

/// Clients of an old release that knows nothing of NOT NULL: some of what it writes into `account.city` is NULL.
final class NullWriters: Sendable {
    /// What they saw.
    struct Tally: Sendable {
        var writes = 0
        var errors: [String] = []
        var longest = Duration.zero
    }

    private let parameters: ConnectionParameters
    private let rows: Int
    private let tally = Mutex(Tally())
    private let writesNull = Mutex(true)
    private let clients = Mutex<[Task<Void, any Error>]>([])

    init(_ parameters: ConnectionParameters, rows: Int) {
        self.parameters = ConnectionParameters(conninfo: parameters.conninfo, applicationName: "application")
        self.rows = rows
    }

    func start(_ count: Int) {
        clients.withLock { clients in
            for number in 0..<count { clients.append(Task { try await run(number) }) }
        }
    }

    /// The release that follows writes no NULL.
    func deployNewRelease() async throws {
        writesNull.withLock { $0 = false }
        // Statements under way end.
        try await Task.sleep(for: .milliseconds(300))
    }

    func stop() async throws -> Tally {
        let clients = clients.withLock { $0 }
        clients.forEach { $0.cancel() }
        for client in clients { try await client.value }
        return tally.withLock { $0 }
    }

    private func run(_ number: Int) async throws {
        let connection = try await Connection.open(parameters)
        var turn = 0
        while !Task.isCancelled {
            turn += 1
            let start = ContinuousClock.now
            var message: String?
            do {
                try await connection.run(statement(number, turn), cancellable: false)
            } catch {
                message = error.description
            }
            let took = ContinuousClock.now - start
            tally.withLock { tally in
                tally.writes += 1
                tally.longest = max(tally.longest, took)
                if let message, tally.errors.count < 5 { tally.errors.append(message) }
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
        await connection.close()
    }

    private func statement(_ number: Int, _ turn: Int) -> Query {
        let city: String? = writesNull.withLock { $0 } ? nil : "new"
        let existing = 1 + (turn * 7919 + number * 104_729) % rows
        let fresh = rows + 1 + number * 10_000_000 + turn
        return switch turn % 5 {
        case 0: "INSERT INTO account (id, name, city) VALUES (\(fresh), 'fresh', \(city))"
        case 1: "UPDATE account SET city = \(city) WHERE id = \(existing)"
        case 2:
            "INSERT INTO account (id, name, city) VALUES (\(existing), 'x', 'y') ON CONFLICT (id) DO UPDATE SET city = \(city)"
        case 3: "UPDATE account SET filler = 'touched' WHERE id = \(existing)"
        default: "SELECT id, city FROM account WHERE id = \(existing)"
        }
    }
}
