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
            throw Failure(
                .usage,
                "there is no recipe '\(name)'",
                next: "There are: \(BuiltInRecipes.texts.map(\.name).joined(separator: ", "))."
            )
        }
        return try read(text.yaml, source: "\(name).yaml")
    }

    /// Reads a recipe's text; `source` is its name in error messages.
    public static func read(_ yaml: String, source: String) throws(RecipeError) -> Recipe {
        var fields = try FieldReader(compose(yaml, source: source), source: source)
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

    private static func compose(_ yaml: String, source: String) throws(RecipeError) -> Node {
        do {
            if let node = try Yams.compose(yaml: yaml) { return node }
        } catch let error as YamlError {
            let (problem, mark) = error.place
            throw RecipeError(source: source, line: mark?.line ?? 1, column: mark?.column ?? 1, message: problem)
        } catch {
            throw RecipeError(source: source, line: 1, column: 1, message: "\(error)")
        }
        throw RecipeError(source: source, line: 1, column: 1, message: "the file is empty")
    }

    private static func phase(_ reader: FieldReader, arguments: [String]) throws(RecipeError) -> RecipePhase {
        var fields = reader
        let name = try fields.text("phase")
        let summary = try fields.text("summary")
        let gate = try fields.optionalText("gate")
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

extension YamlError {
    /// What is wrong and where, without the piece of text that the description adds.
    fileprivate var place: (problem: String, mark: Mark?) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ("this is not YAML: \(problem)", mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            ("the key '\(duplicates.sorted().joined(separator: "', '"))' stands here more than once", context.mark)
        default:
            ("this is not YAML: \(self)", nil)
        }
    }
}
