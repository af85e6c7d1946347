import Yams

/// Reads the fields of one YAML mapping and notices those that nobody asked for.
public struct FieldReader {
    let source: String
    /// Names that a field may stand for as `$name`.
    var arguments: [String] = []
    private let mark: Mark?
    private var rest: [(key: String, mark: Mark?, value: Node)]
    /// Keys that were asked for, to say which one may have been meant.
    private var known: [String] = []

    init(_ node: Node, source: String) throws(RecipeError) {
        self.source = source
        mark = node.mark
        guard let mapping = node.mapping else {
            throw RecipeError(
                source: source,
                line: node.mark?.line ?? 1,
                column: node.mark?.column ?? 1,
                message: "a mapping (key: value) is expected here"
            )
        }
        rest = []
        for (key, value) in mapping {
            rest.append((key.string ?? "", key.mark, value))
        }
    }

    /// An error at this mapping's place, or at a part's.
    func error(_ message: String, at place: Mark? = nil) -> RecipeError {
        let place = place ?? mark
        return RecipeError(source: source, line: place?.line ?? 1, column: place?.column ?? 1, message: message)
    }

    /// A field's text.
    mutating func text(_ key: String) throws(RecipeError) -> String {
        guard let text = try optionalText(key) else { throw error("'\(key)' is missing") }
        return text
    }

    /// A field's text, if it is there.
    mutating func optionalText(_ key: String) throws(RecipeError) -> String? {
        guard let (_, mark, node) = take(key) else { return nil }
        guard let text = node.string else { throw error("'\(key)' must be a text", at: mark) }
        return text
    }

    /// A field's text, which may not be blank.
    mutating func filledText(_ key: String) throws(RecipeError) -> String {
        guard let text = try optionalFilledText(key) else { throw error("'\(key)' is missing") }
        return text
    }

    /// The same, if it is there.
    mutating func optionalFilledText(_ key: String) throws(RecipeError) -> String? {
        let mark = mark(of: key)
        guard let text = try optionalText(key) else { return nil }
        guard !text.allSatisfy(\.isWhitespace) else { throw error("'\(key)' has no value", at: mark) }
        return text
    }

    /// Whether a field is there.
    func has(_ key: String) -> Bool { rest.contains { $0.key == key } }

    /// Whether a field is there and holds a mapping.
    func holdsMapping(_ key: String) -> Bool { rest.contains { $0.key == key && $0.value.mapping != nil } }

    /// Where a field stands.
    func mark(of key: String) -> Mark? { rest.first { $0.key == key }?.mark }

    /// Fields that nobody has asked for yet.
    var unread: [(key: String, mark: Mark?)] { rest.map { ($0.key, $0.mark) } }

    /// A field that is true or false; false where it isn't there.
    mutating func flag(_ key: String) throws(RecipeError) -> Bool {
        guard let (_, mark, node) = take(key) else { return false }
        guard let isSet = ["true": true, "false": false][node.string ?? ""] else {
            throw error("'\(key)' must be true or false", at: mark)
        }
        return isSet
    }

    /// A field that stands for one of the recipe's arguments: `$from`.
    mutating func argument(_ key: String) throws(RecipeError) -> ArgumentName {
        guard let (_, mark, node) = take(key) else { throw error("'\(key)' is missing") }
        guard let text = node.string, text.first == "$", arguments.contains(String(text.dropFirst())) else {
            let known = arguments.map { "$\($0)" }.joined(separator: ", ")
            throw error("'\(key)' must be one of the recipe's arguments: \(known)", at: mark)
        }
        return ArgumentName(String(text.dropFirst()))
    }

    /// The same, if it is there.
    mutating func optionalArgument(_ key: String) throws(RecipeError) -> ArgumentName? {
        guard has(key) else { return nil }
        return try argument(key)
    }

    /// A field that is a list.
    mutating func list(_ key: String) throws(RecipeError) -> [Node] {
        guard let (_, mark, node) = take(key) else { throw error("'\(key)' is missing") }
        guard let sequence = node.sequence else { throw error("'\(key)' must be a list", at: mark) }
        return Array(sequence)
    }

    /// A field that is a mapping.
    mutating func mapping(_ key: String) throws(RecipeError) -> FieldReader {
        guard let (_, _, node) = take(key) else { throw error("'\(key)' is missing") }
        return try FieldReader(node, source: source)
    }

    /// All fields as texts, in their order.
    func texts() throws(RecipeError) -> [(name: String, meaning: String)] {
        var result: [(String, String)] = []
        for (key, mark, node) in rest {
            guard let text = node.string else { throw error("'\(key)' must be a text", at: mark) }
            result.append((key, text))
        }
        return result
    }

    /// The only field, whatever its key.
    mutating func onlyEntry() throws(RecipeError) -> (key: String, value: Node) {
        guard rest.count == 1 else { throw error("exactly one operation is expected here") }
        let entry = rest.removeFirst()
        return (entry.key, entry.value)
    }

    /// Refuses what was not asked for.
    func finish() throws(RecipeError) {
        guard let (key, mark, _) = rest.first else { return }
        let near = NearName.among(known, to: key).first.map { "; did you mean '\($0)'?" } ?? ""
        throw error("unknown key '\(key)'\(near)", at: mark)
    }

    private mutating func take(_ key: String) -> (key: String, mark: Mark?, value: Node)? {
        known.append(key)
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index)
    }
}

/// The name of one of a recipe's arguments.
public struct ArgumentName: Hashable, Sendable {
    let name: String

    init(_ name: String) {
        self.name = name
    }
}
