import Postgres

/// An application's clients, which read and update rows by key every few milliseconds.
enum Probe {
    /// How long their statements took.
    struct Waits: Sendable {
        var longest = Duration.zero
        var statements = 0
        var errors: [String] = []

        mutating func add(_ other: Waits) {
            longest = max(longest, other.longest)
            statements += other.statements
            errors += other.errors
        }
    }

    /// Runs one client that reads and one that updates while `body` runs.
    static func during(
        _ parameters: ConnectionParameters,
        rows: Int,
        _ body: () async throws -> Void
    ) async throws -> Waits {
        let clients = [
            Task { try await client(parameters) { "SELECT id, city FROM account WHERE id = \(1 + $0 * 7 % rows)" } },
            Task {
                try await client(parameters) { "UPDATE account SET city = city WHERE id = \(1 + $0 * 13 % rows)" }
            },
        ]
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        clients.forEach { $0.cancel() }
        var waits = Waits()
        for client in clients { waits.add(try await client.value) }
        try outcome.get()
        return waits
    }

    private static func client(
        _ parameters: ConnectionParameters,
        _ statement: @Sendable (Int) -> Query
    ) async throws -> Waits {
        let connection = try await Connection.open(
            ConnectionParameters(conninfo: parameters.conninfo, applicationName: "probe")
        )
        var waits = Waits()
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                // A cancelled statement would be no measurement.
                try await connection.run(statement(waits.statements), cancellable: false)
            } catch {
                waits.errors.append("\(error)")
                if waits.errors.count > 20 { break }
            }
            waits.longest = max(waits.longest, ContinuousClock.now - start)
            waits.statements += 1
            try? await Task.sleep(for: .milliseconds(3))
        }
        await connection.close()
        return waits
    }
}
