import Yams

extension FieldReader {
    /// Reads the one mapping that a text holds; `source` is its name in error messages.
    init(document yaml: String, source: String) throws(RecipeError) {
        try self.init(Self.compose(yaml, source: source), source: source)
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
