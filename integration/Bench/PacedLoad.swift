import Oracles
import Postgres

/// An application that makes so many statements a second, two reads to one update, whatever the server answers.
///
/// A latency counts from the moment at which the statement was due, so that those which queue behind a slow one count
/// as slow too.
struct PacedLoad: Sendable {
    let parameters: ConnectionParameters
    /// How many rows there are to choose from.
    let rows: Int
    var rate = 1_000
    var clients = 16

    /// What the application saw.
    struct Seen: Sendable {
        var latency = LatencyHistogram()
        var errors: [String] = []

        mutating func add(_ other: Seen) {
            latency.add(other.latency)
            errors += other.errors
        }
    }

    /// Runs it while a body runs.
    func during<Value: Sendable>(_ body: () async throws -> Value) async throws -> (value: Value, seen: Seen) {
        let tasks = (0..<clients).map { number in Task { try await client(number) } }
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        tasks.forEach { $0.cancel() }
        var seen = Seen()
        for task in tasks { seen.add(try await task.value) }
        return (try outcome.get(), seen)
    }

    private func client(_ number: Int) async throws -> Seen {
        let connection = try await Connection.open(
            ConnectionParameters(conninfo: parameters.conninfo, applicationName: "load")
        )
        var seen = Seen()
        let interval = Duration.seconds(Double(clients) / Double(rate))
        // Not all in one moment.
        var due = ContinuousClock.now + interval * (Double(number) / Double(clients))
        var count = 0
        while !Task.isCancelled {
            try? await Task.sleep(until: due, clock: .continuous)
            let key = 1 + (number * 7_919 + count * 104_729) % rows
            do {
                // A cancelled statement would be no measurement.
                try await connection.run(statement(key, count), cancellable: false)
            } catch {
                seen.errors.append("\(error)")
            }
            seen.latency.add(ContinuousClock.now - due, endedAt: .now)
            due += interval
            count += 1
        }
        await connection.close()
        return seen
    }

    private func statement(_ key: Int, _ count: Int) -> Query {
        count % 3 == 0
            ? "UPDATE entry SET amount = amount + 1 WHERE id = \(key)"
            : "SELECT amount, city FROM entry WHERE id = \(key)"
    }
}
