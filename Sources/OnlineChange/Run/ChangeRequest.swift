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
    /// What the backfill starts with; nil for what is stored or the default.
    public var batchTime: Int?
    /// How many batches run at once; nil likewise.
    public var workers: Int?

    /// A request.
    public init(
        recipe: Recipe,
        table: String,
        columns: [String: String],
        texts: [String: String] = [:],
        name: String? = nil,
        options: PlanningOptions = PlanningOptions(),
        batchTime: Int? = nil,
        workers: Int? = nil
    ) {
        self.recipe = recipe
        self.table = table
        self.columns = columns
        self.texts = texts
        self.name = name
        self.options = options
        self.batchTime = batchTime
        self.workers = workers
    }
}
