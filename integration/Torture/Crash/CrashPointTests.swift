import Synchronization
import TestSupport
import Testing

extension Torture {
    /// The program dies before and after every message that it sends to the server, and the same command is given again.
    @Suite(.serverThatCanBeChanged, .timeLimit(.minutes(60)))
    struct CrashPointTests {
        @Test(arguments: Torture.choice(CrashScenario.all, part: 4))
        func sameCommandFinishes(_ scenario: CrashScenario) async throws {
            let run = try await CrashRun(scenario, on: TestServer.cluster)
            try #require(run.points.count > 50, "only a build for debugging tells its points")
            let count = Count(run.points)
            var complaints = try await Torture.scenario(
                "SIGKILL: \(scenario.testDescription)",
                Torture.choice(run.points.map(\.number), part: 3, salt: scenario.salt),
                width: 2
            ) { number in
                let recovery = try await run.killed(at: [number])
                count.add(recovery, of: number)
                return recovery.told
            }
            print(count.text(of: scenario))
            // What is sent only where something was killed before.
            let recoveries = Torture.choice(count.onlyInRecovery, part: 1)
            if !recoveries.isEmpty {
                complaints += try await Torture.scenario(
                    "SIGKILL in the recovery: \(scenario.testDescription)",
                    recoveries,
                    width: 2
                ) { try await run.killed(at: $0).told }
            }
            try await run.databases.end()
            #expect(complaints == [])
        }
    }

    /// Which points there are, and at which of them the program has died.
    private final class Count: Sendable {
        private let points: [CrashPoint]
        private let diedAt = Mutex<[CrashPoint]>([])
        private let recovery = Mutex<[String: [Int]]>([:])

        init(_ points: [CrashPoint]) { self.points = points }

        func add(_ recovery: CrashRun.Recovery, of number: Int) {
            diedAt.withLock { $0 += recovery.diedAt }
            let known = Set(points.map(\.shape))
            self.recovery.withLock { places in
                for point in recovery.points where !known.contains(point.shape) {
                    places[point.shape] = places[point.shape] ?? [number, point.number]
                }
            }
        }

        /// Where to die first, and where in the same command given again, to be at each message that no undisturbed run
        /// sends.
        var onlyInRecovery: [[Int]] {
            recovery.withLock { $0.values.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) } }
        }

        func text(of scenario: CrashScenario) -> String {
            let shapes = Set(points.map(\.shape))
            let diedAt = diedAt.withLock { $0 }
            let head = """
                crash points, \(scenario.testDescription): \(points.count) points before and after \
                \(Set(points.map(\.statement)).count) different messages; died at \(diedAt.count), \
                \(shapes.intersection(diedAt.map(\.shape)).count) of \(shapes.count) different ones
                """
            return ([head] + (Torture.isWhole ? CrashPoint.list(points) : [])).joined(separator: "\n")
        }
    }
}

extension CrashRun.Recovery {
    /// The complaints, each with the place.
    fileprivate var told: [String] {
        complaints.map { "died \(diedAt.map(\.shape).joined(separator: ", then "))\n    \($0)" }
    }
}
