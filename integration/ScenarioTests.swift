import Foundation
import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Runs every folder of `scenarios`.
@Suite(.timeLimit(.minutes(20)))
struct ScenarioTests {
    @Test(arguments: Scenario.all)
    func goesAsExpected(_ scenario: Scenario) async throws {
        let description = try scenario.description
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            try await scenario.run("setup.sql", on: connection)
            let original = try await CatalogPortrait.take(on: connection)
            let play = try ScenarioPlay(description, parameters)
            var outputs: [String] = []
            for (number, step) in description.steps.enumerated() {
                try await scenario.run("before-\(step).sql", on: connection)
                let expected = number == description.steps.count - 1 ? description.fails : nil
                let failure = await failure { try await play.perform(step) }
                if let expected {
                    #expect(failure.map { "\($0.kind)" } == expected.kind, "\(step): \(failure?.description ?? "")")
                    #expect(failure?.message.contains(expected.message) == true, "\(failure?.description ?? "")")
                } else {
                    #expect(failure == nil, "\(step): \(failure?.description ?? "")")
                }
                if let output = try await scenario.output("after-\(step).sql", on: connection) {
                    outputs.append(output)
                }
            }
            let expected = try scenario.text("expect.txt") ?? ""
            #expect(outputs.joined(separator: "\n") == expected.trimmingCharacters(in: .newlines))
            try await compareCatalog(scenario, description, original, connection)
            await connection.close()
        }
    }

    @Test func thereAreScenarios() {
        #expect(Scenario.all.count >= 6)
    }

    /// After rollback or a refusal the schema is the original one, after drop what the plain DDL gives.
    private func compareCatalog(
        _ scenario: Scenario,
        _ description: Scenario.Description,
        _ original: CatalogPortrait,
        _ connection: Connection
    ) async throws {
        let portrait = try await CatalogPortrait.take(on: connection)
        switch description.steps.last {
        case "drop":
            try await withScratchConnection { plain in
                try await scenario.run("setup.sql", on: plain)
                for step in description.steps { try await scenario.run("before-\(step).sql", on: plain) }
                let (table, from, to) = (description.table, description.from, description.to)
                try await plain.script(["ALTER TABLE \(server: table) RENAME \(server: from) TO \(server: to)"])
                let expected = try await CatalogPortrait.take(on: plain)
                #expect(portrait.differences(from: expected) == [])
            }
        case "rollback":
            #expect(portrait.differences(from: original) == [])
        default:
            if description.fails != nil, description.steps.count == 1 {
                #expect(portrait.differences(from: original) == [])
            }
        }
    }
}

/// The runner of a scenario.
private struct ScenarioPlay {
    private let request: ChangeRequest
    private let runner: Runner

    init(_ description: Scenario.Description, _ parameters: ConnectionParameters) throws {
        let acknowledged = Set(description.acknowledge ?? [])
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: description.table,
            columns: ["from": description.from, "to": description.to],
            name: "the scenario",
            options: PlanningOptions(acknowledged: acknowledged)
        )
        var runner = Runner(parameters: parameters) { _ in }
        runner.lockDeadline = 20
        runner.acknowledged = acknowledged
        self.runner = runner
    }

    func perform(_ step: String) async throws {
        if step == "rollback" {
            try await runner.rollback("the scenario")
        } else {
            try await runner.start(request, through: step)
        }
    }
}
