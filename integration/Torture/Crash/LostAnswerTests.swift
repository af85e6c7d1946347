import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// The connection or the server goes at any message, when it has just been sent and when it has been answered and the
    /// client has not heard. The same run goes on by itself.
    @Suite(.serverThatCanBeChanged, .timeLimit(.minutes(60)))
    struct LostAnswerTests {
        @Test(arguments: Torture.choice(CrashScenario.all, part: 3, salt: 2))
        func connectionIsCut(_ scenario: CrashScenario) async throws {
            let losing = try await LossScenario(scenario, on: TestServer.cluster)
            let complaints = try await Torture.scenario(
                "connection cut: \(scenario.testDescription)",
                Torture.choice(losing.losses, part: 2, whole: 160, salt: scenario.salt),
                width: 2
            ) { try await losing.run($0) }
            tell("cut", losing)
            try await losing.databases.end()
            #expect(complaints == [])
        }

        /// The answer after which nothing is left to do.
        @Test(.database, arguments: CutProxy.Moment.allCases)
        func rollbackIsWrittenDownOnce(_ moment: CutProxy.Moment) async throws {
            let cluster = try await TestServer.cluster
            let database = try TestDatabase.current
            let proxy = try CutProxy(to: cluster.socketDirectory, port: cluster.port)
            defer { proxy.close() }
            try await Account.create(rows: 50, on: database.parameters)
            let rename = try Rename(proxy.parameters(database: database.name, user: cluster.superuser))
            try await rename.through("expand")
            proxy.cut(at: "rolled back", moment)
            try await rename.rollback()
            #expect(proxy.cuts == 1)
            let written: Int = try await database.value(
                "SELECT count(*) FROM online_change.audit WHERE what = 'rolled back'"
            )
            #expect(written == 1)
        }

        /// On servers of the test's own, each of which crashes in one run after another.
        @Test func serverIsKilled() async throws {
            let scenarios = Torture.choice(CrashScenario.all, part: 1, salt: 3)
            let complaints = try await Torture.concurrently(scenarios, width: 5) { scenario in
                let cluster = try await ThrowawayCluster.start(settings: [
                    "shared_buffers": "16MB", "max_connections": "40",
                ])
                let losing = try await LossScenario(scenario, on: cluster)
                let complaints = try await Torture.scenario(
                    "server killed: \(scenario.testDescription)",
                    Torture.choice(losing.losses, part: 2, whole: 60, salt: scenario.salt + 1)
                ) { loss in
                    try await losing.run(loss) {
                        try await cluster.kill()
                        try await cluster.startAgain()
                    }
                }
                tell("killed", losing)
                try await cluster.destroy()
                return complaints
            }
            #expect(complaints.flatMap { $0 } == [])
        }

        private func tell(_ what: String, _ losing: LossScenario) {
            print("points at which to be \(what), \(losing.scenario.testDescription): \(losing.losses.count)")
        }
    }
}
