import BuiltInRecipes
import Yams

/// Reads recipes strictly: an unknown key, a missing one or an operation that does not exist is an error with its place.
public enum RecipeReader {
    /// The recipes that the binary carries.
    public static func builtIn() throws(RecipeError) -> [Recipe] {
        var recipes: [Recipe] = []
        for (name, yaml) in BuiltInRecipes.texts {
            recipes.append(try read(yaml, source: "\(name).yaml"))
        }
        return recipes
    }

    /// The built-in recipe of that name.
    ///
    /// - Throws: `Failure.usage` if there is none.
    public static func builtIn(_ name: String) throws -> Recipe {
        guard let text = BuiltInRecipes.texts.first(where: { $0.name == name }) else {
            throw unknown(name)
        }
        return try read(text.yaml, source: "\(name).yaml")
    }

    /// That there is no such recipe, with the one that may be meant.
    static func unknown(_ name: String) -> Failure {
        let names = BuiltInRecipes.texts.map(\.name)
        return Failure(
            .usage,
            "there is no recipe '\(name)'",
            left: "Nothing was changed.",
            next: NearName.among(names, to: name).first.map { "Did you mean \($0)?" }
                ?? "There are: \(names.joined(separator: ", "))."
        )
    }

    /// Reads a recipe's text; `source` is its name in error messages.
    public static func read(_ yaml: String, source: String) throws(RecipeError) -> Recipe {
        var fields = try FieldReader(document: yaml, source: source)
        let name = try fields.text("recipe")
        let summary = try fields.text("summary")
        let changeName = try fields.optionalText("change") ?? name
        let arguments = try fields.mapping("arguments").texts()
        var phases: [RecipePhase] = []
        for node in try fields.list("phases") {
            phases.append(try phase(FieldReader(node, source: source), arguments: arguments.map(\.name)))
        }
        guard !phases.isEmpty else { throw fields.error("a recipe has one phase at least") }
        try fields.finish()
        return Recipe(
            name: name,
            summary: summary,
            arguments: arguments,
            changeName: changeName,
            phases: phases,
            yaml: yaml
        )
    }

    /// A gate is a mapping, or one text that says what is true now.
    private static func gate(_ fields: inout FieldReader) throws(RecipeError) -> Gate? {
        guard fields.holdsMapping("gate") else { return try fields.optionalText("gate").map { Gate(now: $0) } }
        var parts = try fields.mapping("gate")
        let gate = Gate(
            now: try parts.text("now"),
            deploy: try parts.optionalText("deploy"),
            check: try parts.optionalText("check"),
            beforeBack: try parts.optionalText("before-back")
        )
        try parts.finish()
        return gate
    }

    private static func phase(_ reader: FieldReader, arguments: [String]) throws(RecipeError) -> RecipePhase {
        var fields = reader
        let name = try fields.text("phase")
        let summary = try fields.text("summary")
        let gate = try gate(&fields)
        let isFinal = try fields.flag("final")
        var operations: [any Operation] = []
        for node in try fields.list("operations") {
            var entry = try FieldReader(node, source: reader.source)
            let (key, value) = try entry.onlyEntry()
            guard let type = OperationRegistry.type(key) else {
                let known = OperationRegistry.all.map { $0.key }.joined(separator: ", ")
                throw entry.error("there is no operation '\(key)'; there are: \(known)")
            }
            var operand = try FieldReader(value, source: reader.source)
            operand.arguments = arguments
            operations.append(try type.init(&operand))
            try operand.finish()
        }
        try fields.finish()
        return RecipePhase(name: name, summary: summary, operations: operations, gate: gate, isFinal: isFinal)
    }
}
