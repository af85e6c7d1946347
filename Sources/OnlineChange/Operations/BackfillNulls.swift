/// Fills the NULLs that were there before the trigger, if there is something to fill them with.
public struct BackfillNulls: Operation {
    public static let key = "backfill-nulls"
    public static let summary = "fills the rows with NULL in batches, each committed with its position, and vacuums"

    let column: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let fill = context.fill else { return [] }
        let column = try context.column(column)
        let table = context.table.name
        return [
            Step(
                title: "fill the NULLs in \(column.name)",
                action: .backfill(
                    Backfill(
                        table: table,
                        assignment: fill.assignment,
                        unsynced: column.isNull(),
                        striping: Striping(table: context.table)
                    )
                )
            ),
            Step(title: "vacuum and analyze \(table)", action: .vacuum(table)),
        ]
    }
}
