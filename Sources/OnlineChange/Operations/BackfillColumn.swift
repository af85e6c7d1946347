/// Copies a column into the one that follows it, for rows that no write has touched since the triggers came.
public struct BackfillColumn: Operation {
    public static let key = "backfill-column"
    public static let summary = "copies the column in batches, each committed with its position"

    let primary: ArgumentName
    let replica: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        primary = try fields.argument("primary")
        replica = try fields.argument("replica")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: primary, replica: replica)
        return [
            Step(
                title: "copy \(pair.primary) into \(pair.replica)",
                action: .backfill(
                    Backfill(
                        table: pair.table,
                        assignment: pair.assignment,
                        unsynced: pair.unsynced,
                        striping: Striping(table: context.table)
                    )
                )
            )
        ]
    }
}
