/// A change as somebody asks for it, on a command line or in a change file: the same words make the same change.
public struct ChangeDefinition: Hashable, Sendable {
    /// The recipe's name.
    public var recipe: String
    /// The change's name, if it is given one.
    public var name: String?
    /// The recipe's arguments by name, as they were written.
    public var arguments: [String: String]
    /// The options that were asked for.
    public var flags: Set<ChangeFlag>
    /// Objects of findings that were taken note of.
    public var acknowledged: Set<String>
    /// What holds the backfill back and how fast it goes.
    public var limits: Limits

    /// A definition; arguments without a value count as not given.
    public init(
        recipe: String,
        name: String? = nil,
        arguments: [String: String?],
        flags: [ChangeFlag: Bool] = [:],
        acknowledged: Set<String> = [],
        limits: Limits = [:]
    ) {
        self.recipe = recipe
        self.name = name
        self.arguments = arguments.compactMapValues { $0 }
        self.flags = Set(flags.filter(\.value).keys)
        self.acknowledged = acknowledged
        self.limits = limits
    }

    /// The request that starts the change, or goes on with it.
    ///
    /// - Throws: `Failure.usage` if the recipe doesn't exist or lacks an argument.
    public func request() throws -> ChangeRequest {
        let form = try ChangeForm.of(recipe)
        if let missing = form.required.first(where: { arguments[$0] == nil }) {
            throw Failure(.usage, "the recipe \(recipe) lacks the argument '\(missing)'")
        }
        if flags.contains(.keepFilling), arguments["fill"] == nil {
            throw Failure(.usage, "keep-filling needs fill: there is nothing to fill NULLs with")
        }
        var texts = arguments.filter { $0.key != "table" && !form.columns.contains($0.key) }
        // The recipes know these two as arguments.
        for flag in [ChangeFlag.cascade, .keepFilling] where flags.contains(flag) { texts[flag.rawValue] = "yes" }
        return ChangeRequest(
            recipe: try RecipeReader.builtIn(recipe),
            table: arguments["table"] ?? "",
            columns: arguments.filter { form.columns.contains($0.key) },
            texts: texts,
            name: name,
            options: PlanningOptions(
                uniqueCopies: flags.contains(.uniqueCopies),
                allowsLoss: flags.contains(.allowLossy),
                isOneWay: flags.contains(.oneWay),
                acknowledged: acknowledged
            ),
            limits: limits
        )
    }

    /// What drop destroys, in a sentence.
    public var destruction: String {
        let table = arguments["table"] ?? ""
        let column = arguments["column"] ?? arguments["from"] ?? ""
        return switch recipe {
        case "rename-column":
            "This ends with dropping the column \(column) of \(table)."
        case "change-type":
            "This ends with dropping the column of the old type: \(column) of \(table)"
                + (flags.contains(.cascade) ? ", and those of the columns that refer to it." : ".")
        default:
            "This ends the change of \(table): from then on \(column) stays NOT NULL"
                + (arguments["fill"] == nil || flags.contains(.keepFilling) ? "." : ", and NULLs are no longer filled.")
        }
    }
}
