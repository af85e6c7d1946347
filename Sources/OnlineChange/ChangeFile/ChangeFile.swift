/// A change that is kept in a file, in the application's repository: what to change, and how far to take it.
public struct ChangeFile: Hashable, Sendable {
    /// The file.
    public let source: String
    /// The change.
    public let definition: ChangeDefinition
    /// The phase to go through, if the file says so.
    public let through: String?

    /// Reads a file's text strictly; `source` is its name in messages.
    ///
    ///     recipe: rename-column
    ///     arguments: { table: users, from: name, to: full_name }
    ///     options: { workers: 2 }
    ///     through: swap
    ///
    /// - Throws: `RecipeError` with line and column for what is not understood, `Failure.usage` for values out of range.
    public static func read(_ yaml: String, source: String) throws -> ChangeFile {
        var fields = try FieldReader(document: yaml, source: source)
        let name = try fields.optionalFilledText("change")
        let place = fields.mark(of: "recipe")
        let recipe = try fields.filledText("recipe")
        let form: ChangeForm
        do {
            form = try ChangeForm.of(recipe)
        } catch {
            throw fields.error([error.message, error.next].compactMap { $0 }.joined(separator: ". "), at: place)
        }
        var definition = ChangeDefinition(recipe: recipe, name: name, arguments: [:])
        var arguments = try fields.mapping("arguments")
        definition.arguments = try read(&arguments, form: form)
        if fields.has("options") {
            var options = try fields.mapping("options")
            try read(&options, form: form, into: &definition)
        }
        let end = fields.mark(of: "through")
        let through = try fields.optionalFilledText("through")
        if let through, !PhaseNames.all.contains(through) {
            let names = PhaseNames.all.joined(separator: ", ")
            throw fields.error("'through' must be one of \(names), not '\(through)'", at: end)
        }
        try fields.finish()
        do {
            // What would be refused at the start of the change is told with the file's name.
            _ = try definition.request()
        } catch let failure as Failure {
            throw fields.error(failure.message)
        }
        return ChangeFile(source: source, definition: definition, through: through)
    }

    private static func read(_ fields: inout FieldReader, form: ChangeForm) throws -> [String: String] {
        var arguments: [String: String] = [:]
        for name in form.required { arguments[name] = try fields.filledText(name) }
        for name in form.optional { arguments[name] = try fields.optionalFilledText(name) }
        for (key, mark) in fields.unread where optionNames.contains(key) {
            throw fields.error("'\(key)' is no argument of \(form.recipe); it belongs under 'options'", at: mark)
        }
        try fields.finish()
        return arguments
    }

    private static func read(
        _ fields: inout FieldReader,
        form: ChangeForm,
        into definition: inout ChangeDefinition
    ) throws {
        for flag in form.flags where try fields.flag(flag.rawValue) { definition.flags.insert(flag) }
        if fields.has("acknowledge") {
            for node in try fields.list("acknowledge") {
                guard let object = node.string else { throw fields.error("'acknowledge' must be a list of texts") }
                definition.acknowledged.insert(object)
            }
        }
        for name in Limits.optionNames {
            let mark = fields.mark(of: name)
            guard let text = try fields.optionalFilledText(name) else { continue }
            do {
                try definition.limits.set(name, to: text)
            } catch {
                // The message speaks of the command line's option.
                throw fields.error(error.message.replacing("--\(name) takes", with: "'\(name)' takes"), at: mark)
            }
        }
        for (key, mark) in fields.unread {
            if form.arguments.contains(key) {
                throw fields.error("'\(key)' is no option; it belongs under 'arguments'", at: mark)
            }
            if let other = ChangeForm.all.first(where: { $0.flags.contains { $0.rawValue == key } }) {
                throw fields.error("'\(key)' is an option of \(other.recipe), not of \(form.recipe)", at: mark)
            }
        }
        try fields.finish()
    }

    private static let optionNames = ChangeFlag.allCases.map(\.rawValue) + ["acknowledge"] + Limits.optionNames
}
