import OnlineChange
import Oracles
import Postgres

/// The demo's application: two releases whose clients read and write users and remember every acknowledged write.
struct DemoApplication: Sendable {
    /// Clients of each release.
    static let clients = 4
    /// Operations that a client starts each second, an operation being one to six statements.
    static let rate = 60.0

    private let workload: CountedWorkload

    /// An application of so many clients of each release.
    private init(_ server: DemoServer, oldClients: Int, newClients: Int, seed: UInt64) {
        workload = CountedWorkload(
            table: DemoSchema.table,
            key: "id",
            oldName: DemoSchema.oldName,
            newName: DemoSchema.newName,
            parameters: ConnectionParameters(conninfo: server.parameters.conninfo, applicationName: "demo"),
            oldClients: oldClients,
            newClients: newClients,
            seed: seed,
            options: WorkloadOptions(operationsPerSecond: Self.rate)
        )
    }

    /// Both releases, started by `startOldRelease` and `startNewRelease`.
    init(_ server: DemoServer) {
        self.init(server, oldClients: Self.clients, newClients: Self.clients, seed: 2)
    }

    /// The longest statement of as many clients while nothing is changed: what this machine's own noise amounts to.
    static func longestStatementAlone(_ server: DemoServer, during span: Duration) async throws -> Duration {
        let alone = DemoApplication(server, oldClients: clients * 2, newClients: 0, seed: 1)
        return try await alone.running {
            try await alone.startOldRelease()
            try await Task.sleep(for: span)
            return await alone.stop().latency.maximum
        }
    }

    /// Runs a body and stops whichever release still runs then.
    func running<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            _ = await workload.stop()
            return result
        } catch {
            _ = await workload.stop()
            throw error
        }
    }

    func startOldRelease() async throws { try await workload.start() }
    func startNewRelease() async { await workload.startNewRelease() }
    func stopOldRelease() async { await workload.stopOldRelease() }

    /// Stops both releases; the new one can be started again.
    func stop() async -> Tally { await workload.stop() }

    /// Looks up every row that was written; no release may run meanwhile.
    func lostWrites(_ server: DemoServer, through names: [Identifier]) async throws -> [String] {
        try await server.connected { try await workload.verify(on: $0, through: names) }
    }

    /// How it has fared so far, on one line.
    func summary() async -> String {
        let tally = await workload.tally()
        return "\(Count.text(tally.acknowledgedWrites)) writes acknowledged, "
            + "\(Count.text(tally.errors + tally.connectionsLost)) errors, "
            + "longest statement \(Milliseconds.text(tally.latency.maximum))"
    }
}
