import Postgres

/// What a user asks for when starting a change.
public struct ChangeRequest: Sendable {
    /// The recipe.
    public var recipe: Recipe
    /// The table as the user wrote it.
    public var table: String
    /// Columns by the recipe's argument names, as the user wrote them.
    public var columns: [String: String]
    /// Arguments that are no names: types, expressions.
    public var texts: [String: String]
    /// The change's name, if the user gave one.
    public var name: String?
    /// How the change is planned.
    public var options: PlanningOptions
    /// What is to be set of the limits; the rest stays as it is stored, or at its default.
    public var limits: Limits

    /// A request.
    public init(
        recipe: Recipe,
        table: String,
        columns: [String: String],
        texts: [String: String] = [:],
        name: String? = nil,
        options: PlanningOptions = PlanningOptions(),
        limits: Limits = [:]
    ) {
        self.recipe = recipe
        self.table = table
        self.columns = columns
        self.texts = texts
        self.name = name
        self.options = options
        self.limits = limits
    }
}
