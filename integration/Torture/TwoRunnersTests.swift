import Foundation
import OnlineChange
import Oracles
import Postgres
import Subprocess
import TestSupport
import Testing

extension Torture {
    /// Runners started at once, each a process as on a machine of its own. One has the change; the others end with 0 where
    /// nothing is left to do, else with 75, and the same command again ends it. No column gets two changes.
    @Suite(.timeLimit(.minutes(20))) struct TwoRunnersTests {
        @Test func sameCommandAtOnce() async throws {
            let runs = Array(1...Torture.of(part: 1, whole: 10))
            let complaints = try await Torture.scenario("the same command in 4 processes at once", runs) { _ in
                try await withDatabase { parameters in
                    let connection = try await Connection.open(parameters)
                    try await NeighbourChange.create(connection)
                    let expected = try await NeighbourChange(kind: .rename, parameters: parameters).expected(connection)
                    let command = Self.command("full_name", "the-change", "drop")
                    var wrong: [String] = []
                    for ending in try await Self.atOnce([command, command, command, command], parameters)
                    where ![.exited(0), .exited(75)].contains(ending.status) {
                        wrong.append(ending.text)
                    }
                    let last = try await Tool.run(command, on: parameters)
                    if last.status != .exited(0) { wrong.append(last.text) }
                    wrong += try await NeighbourChange.differences(from: expected, connection)
                    let changes: Int = try await connection.value("SELECT count(*) FROM online_change.change")
                    if changes != 1 { wrong.append("\(changes) changes") }
                    await connection.close()
                    return wrong
                }
            }
            #expect(complaints == [])
        }

        @Test func twoChangesOfOneColumn() async throws {
            let runs = Array(1...Torture.of(part: 1, whole: 10))
            let complaints = try await Torture.scenario("two changes of one column at once", runs) { _ in
                try await withDatabase { parameters in
                    let connection = try await Connection.open(parameters)
                    try await NeighbourChange.create(connection)
                    let original = try await DatabaseState.read(connection)
                    let endings = try await Self.atOnce(
                        ["a", "b", "c"].map { Self.command("name_\($0)", "change-\($0)", "backfill") },
                        parameters
                    )
                    var wrong: [String] = []
                    if endings.filter({ $0.status == .exited(0) }).count != 1 { wrong.append("not one went through") }
                    for ending in endings where ![.exited(0), .exited(78)].contains(ending.status) {
                        wrong.append(ending.text)
                    }
                    let names = try await connection.run("SELECT name FROM online_change.change").rows
                    if names.count != 1 { wrong.append("\(names.count) changes") }
                    let runner = Runner(parameters: parameters) { _ in }
                    for row in names { try await runner.rollback(try row["name"]) }
                    wrong += try await NeighbourChange.differences(from: original, connection)
                    await connection.close()
                    return wrong
                }
            }
            #expect(complaints == [])
        }

        private static func command(_ to: String, _ name: String, _ phase: String) -> [String] {
            ["rename-column", "public.item", "name", to, "--name", name, "--through", phase, "--yes"]
        }

        private static func atOnce(_ commands: [[String]], _ parameters: ConnectionParameters) async throws
            -> [Tool.Ending]
        {
            try await withThrowingTaskGroup(of: Tool.Ending.self) { group in
                for command in commands { group.addTask { try await Tool.run(command, on: parameters) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
    }
}
