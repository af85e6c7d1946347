import OnlineChange
import Oracles
import Postgres

/// The demo's application: two releases whose clients read and write users and remember every acknowledged write.
struct DemoApplication: Sendable {
    /// Clients of each release.
    static let clients = 4
    /// Operations that a client starts each second, an operation being one to six statements.
    static let rate = 60.0

    private let server: DemoServer
    private let database: DemoServer.Database
    private let workload: CountedWorkload

    /// The application of a database; no release of it runs yet.
    init(_ server: DemoServer, _ story: DemoStory, on database: DemoServer.Database) {
        self.server = server
        self.database = database
        workload = CountedWorkload(
            table: DemoStory.table,
            key: "id",
            oldName: story.oldName,
            newName: story.newName,
            parameters: ConnectionParameters(
                conninfo: server.parameters(database).conninfo,
                applicationName: "application"
            ),
            oldClients: Self.clients,
            newClients: Self.clients,
            seed: 1,
            options: WorkloadOptions(operationsPerSecond: Self.rate)
        )
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
    func lostWrites(through names: [Identifier]) async throws -> [String] {
        try await server.connected(to: database) { try await workload.verify(on: $0, through: names) }
    }

    /// How it has fared so far, on one line.
    func summary() async -> String {
        let tally = await workload.tally()
        return "\(Count.text(tally.acknowledgedWrites)) writes acknowledged, "
            + "\(Count.text(tally.errors + tally.connectionsLost)) errors, "
            + "longest statement \(Milliseconds.text(tally.latency.maximum))"
    }
}
