import Oracles
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// Changes that are killed at random moments while an application writes; of some the server crashes too.
    @Suite(.serverThatCanBeChanged, .timeLimit(.minutes(60)))
    struct KillsUnderLoadTests {
        @Test func everyChangeIsFinished() async throws {
            let count = Torture.of(part: 3, whole: 50)
            let crashing = Torture.of(part: [1], whole: [7, 24, 41])
            let changes = (0..<count).map {
                KillsUnderLoad(number: $0, restartsServer: crashing.contains($0), seed: Torture.seed &+ UInt64($0))
            }
            let start = ContinuousClock.now
            let outcomes = try await Torture.concurrently(changes, width: Torture.of(part: 3, whole: 4)) { change in
                do {
                    return try await run(change)
                } catch {
                    return KillsUnderLoad.Outcome(complaints: ["\(error)"])
                }
            }
            let complaints = zip(changes, outcomes).flatMap { change, outcome in
                (outcome.lost + outcome.complaints).map { "\(change): \($0)" }
            }
            try Torture.record(
                Torture.Line(
                    scenario: "random kills under load",
                    tried: count,
                    passed: outcomes.count { $0.lost.isEmpty && $0.complaints.isEmpty },
                    lostWrites: outcomes.map(\.lost.count).reduce(0, +),
                    applicationErrors: outcomes.map(\.errors).reduce(0, +),
                    time: (ContinuousClock.now - start) / .seconds(1)
                )
            )
            print(
                """
                random kills: \(count) changes, \(outcomes.map(\.kills).reduce(0, +)) kills, \
                \(outcomes.map(\.crashes).reduce(0, +)) crashes of the server, \
                \(outcomes.map(\.acknowledged).reduce(0, +)) acknowledged writes
                """
            )
            #expect(complaints == [])
        }

        private func run(_ change: KillsUnderLoad) async throws -> KillsUnderLoad.Outcome {
            guard change.restartsServer else {
                let cluster = try await TestServer.cluster
                return try await withDatabase { try await change.run(on: cluster, $0) }
            }
            let cluster = try await ThrowawayCluster.start(settings: ["shared_buffers": "16MB"])
            let outcome = try await change.run(on: cluster, ConnectionParameters(conninfo: cluster.dsn()))
            try await cluster.destroy()
            return outcome
        }
    }
}
