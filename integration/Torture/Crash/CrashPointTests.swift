import Foundation
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

extension Torture {
    /// The program dies before and after every message that it sends to the server, and the same command is given again.
    @Suite(.serverThatCanBeChanged, .timeLimit(.minutes(60)))
    struct CrashPointTests {
        @Test(arguments: Torture.choice(CrashScenario.all, part: 5))
        func sameCommandFinishes(_ scenario: CrashScenario) async throws {
            let databases = try await CopiedDatabases(on: TestServer.cluster, scenario.prepare)
            let undisturbed = try await databases.withCopy { name in
                try await CrashPoint.during { log in
                    let parameters = try await TestServer.parameters(database: name)
                    let ending = try await run(scenario, parameters, ["ONLINE_CHANGE_FAILPOINT_LOG": log])
                    try #require(ending.status == .exited(0), "\(ending.text)")
                    return try await CrashOutcome.read(parameters)
                }
            }
            let points = undisturbed.points
            try #require(points.count > 50, "a build for debugging tells its points")
            let diedAt = Mutex<[CrashPoint]>([])
            let complaints = try await Torture.scenario(
                "SIGKILL: \(scenario.testDescription)",
                Torture.choice(Array(1...points.count), part: 3, salt: scenario.salt),
                width: 2
            ) { number in
                try await databases.withCopy { name in
                    let parameters = try await TestServer.parameters(database: name)
                    let (killed, passed) = try await CrashPoint.during { log in
                        try await run(
                            scenario,
                            parameters,
                            ["ONLINE_CHANGE_FAILPOINT": "\(number)", "ONLINE_CHANGE_FAILPOINT_LOG": log]
                        )
                    }
                    // The throttle's looks come by the clock, so one run may have a point more than another.
                    guard [.signaled(SIGKILL), .exited(0)].contains(killed.status) else { return [killed.text] }
                    let place = passed.first { $0.number == number }
                    if let place { diedAt.withLock { $0.append(place) } }
                    let again = try await run(scenario, parameters, [:])
                    guard again.status == .exited(0) else { return ["\(place?.shape ?? "-"): \(again.text)"] }
                    return try await CrashOutcome.read(parameters).differences(from: undisturbed.value)
                        .map { "\(place?.shape ?? "-"): \($0)" }
                }
            }
            try await databases.end()
            tell(scenario, points, diedAt.withLock { $0 })
            #expect(complaints == [])
        }

        private func run(
            _ scenario: CrashScenario,
            _ parameters: ConnectionParameters,
            _ environment: [Environment.Key: String?]
        ) async throws -> Tool.Ending {
            try await Tool.run(scenario.command, on: parameters, environment: .inherit.updating(environment))
        }

        private func tell(_ scenario: CrashScenario, _ points: [CrashPoint], _ diedAt: [CrashPoint]) {
            let shapes = Set(points.map(\.shape))
            print(
                """
                crash points, \(scenario.testDescription): \(points.count) points before and after \
                \(Set(points.map(\.statement)).count) different messages; died at \(diedAt.count), \
                \(shapes.intersection(diedAt.map(\.shape)).count) of \(shapes.count) different ones
                """
            )
            if Torture.isWhole { print(CrashPoint.list(points).joined(separator: "\n")) }
        }
    }
}
