import Foundation
import Postgres
import Subprocess
import Testing
import ThrowawayPostgres

/// A scenario by the built program, which dies where it is told to.
struct CrashRun: Sendable {
    let scenario: CrashScenario
    let databases: CopiedDatabases
    let undisturbed: CrashOutcome
    /// What an undisturbed run passes.
    let points: [CrashPoint]

    /// What became of a command that was killed and given again.
    struct Recovery: Sendable {
        /// Where it died; nothing for a number that was not reached.
        var diedAt: [CrashPoint] = []
        /// What the last run passed, which came to the end.
        var points: [CrashPoint] = []
        var complaints: [String] = []
    }

    init(_ scenario: CrashScenario, on cluster: ThrowawayCluster) async throws {
        self.scenario = scenario
        databases = try await CopiedDatabases(on: cluster, scenario.prepare)
        (undisturbed, points) = try await databases.withCopy { name in
            let parameters = ConnectionParameters(conninfo: cluster.dsn(database: name))
            let (ending, points) = try await Self.run(scenario, parameters)
            try #require(ending.status == .exited(0), "\(ending.text)")
            return (try await CrashOutcome.read(parameters), points)
        }
    }

    /// Kills the command at the first number, the same command again at the second, and so on; then lets it end.
    func killed(at numbers: [Int]) async throws -> Recovery {
        try await databases.withCopy { name in
            let parameters = ConnectionParameters(conninfo: databases.cluster.dsn(database: name))
            var recovery = Recovery()
            for number in numbers {
                let (killed, passed) = try await Self.run(scenario, parameters, until: number)
                // The throttle's looks come by the clock, so one run may have a point more than another.
                if killed.status == .exited(0) { continue }
                recovery.diedAt += passed.filter { $0.number == number }
                guard killed.status == .signaled(SIGKILL) else {
                    recovery.complaints.append(killed.text)
                    return recovery
                }
            }
            let (again, points) = try await Self.run(scenario, parameters)
            recovery.points = points
            recovery.complaints =
                again.status == .exited(0)
                ? try await CrashOutcome.read(parameters).differences(from: undisturbed) : [again.text]
            return recovery
        }
    }

    private static func run(
        _ scenario: CrashScenario,
        _ parameters: ConnectionParameters,
        until number: Int? = nil
    ) async throws -> (Tool.Ending, [CrashPoint]) {
        try await CrashPoint.during { log in
            try await Tool.run(
                scenario.command,
                on: parameters,
                environment: .inherit.updating([
                    "ONLINE_CHANGE_FAILPOINT_LOG": log, "ONLINE_CHANGE_FAILPOINT": number.map { "\($0)" },
                ])
            )
        }
    }
}
