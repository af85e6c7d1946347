import Foundation

/// A recipe as `--json` prints it.
public struct RecipeRecord: Encodable, Sendable {
    let name: String
    let summary: String
    let arguments: [Argument]
    let phases: [Phase]
    let yaml: String

    struct Argument: Encodable, Sendable {
        let name: String
        let meaning: String
    }

    struct Phase: Encodable, Sendable {
        let name: String
        let summary: String
        let operations: [Operation]
        let gate: Gate?
        let isFinal: Bool
    }

    struct Operation: Encodable, Sendable {
        let name: String
        let summary: String
    }

    init(_ recipe: Recipe) {
        name = recipe.name
        summary = recipe.summary
        arguments = recipe.arguments.map { Argument(name: $0.name, meaning: $0.meaning) }
        phases = recipe.phases.map { phase in
            Phase(
                name: phase.name,
                summary: phase.summary,
                operations: phase.operations.map { Operation(name: type(of: $0).key, summary: type(of: $0).summary) },
                gate: phase.gate,
                isFinal: phase.isFinal
            )
        }
        yaml = recipe.yaml
    }

    /// Recipes as a JSON list.
    public static func text(_ recipes: [Recipe]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(recipes.map(RecipeRecord.init)), as: UTF8.self)
    }
}
