/// Cleans up after the backfill: dead rows, the visibility map, and the planner's statistics of the new column.
public struct AnalyzeTable: Operation {
    public static let key = "analyze-table"
    public static let summary = "vacuums and analyzes the table"

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        [Step(title: "vacuum and analyze \(context.table.name)", action: .vacuum(context.table.name))]
    }
}
