import Oracles
import Postgres

/// The counted workload on `account`.
struct Traffic: Sendable {
    let parameters: ConnectionParameters
    /// For each client.
    let operationsPerSecond: Double

    init(_ parameters: ConnectionParameters, operationsPerSecond: Double = Size.of(short: 100, long: 500)) {
        self.parameters = ConnectionParameters(conninfo: parameters.conninfo, applicationName: "application")
        self.operationsPerSecond = operationsPerSecond
    }

    /// Clients of two releases that have not begun.
    func workload(old: Int, new: Int, seed: UInt64 = .random(in: 0...UInt64.max)) -> CountedWorkload {
        CountedWorkload(
            table: Account.table,
            key: "id",
            oldName: "name",
            newName: "full_name",
            parameters: parameters,
            oldClients: old,
            newClients: new,
            seed: seed,
            options: WorkloadOptions(operationsPerSecond: operationsPerSecond, writesNulls: true)
        )
    }

    /// What the same load shows without us.
    func baseline(clients: Int = 8, for duration: Duration = Size.of(short: .seconds(2), long: .seconds(20)))
        async throws
        -> Tally
    {
        let workload = workload(old: clients, new: 0)
        try await workload.start()
        try await Task.sleep(for: duration)
        return await workload.stop()
    }
}
