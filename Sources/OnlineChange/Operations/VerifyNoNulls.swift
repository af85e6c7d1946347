import Postgres

/// Looks for NULL in every row, and fills what is found until a whole pass finds nothing.
public struct VerifyNoNulls: Operation {
    public static let key = "verify-no-nulls"
    public static let summary = "looks for NULL in every row"

    let column: ArgumentName
    let condition: ArgumentCondition

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        condition = try ArgumentCondition(&fields)
    }

    public func verification(in context: PlanningContext, isSwapped: Bool) throws(Failure) -> Verification? {
        let column = try context.column(column)
        return Verification(
            table: context.table.name,
            differs: column.isNull(),
            repair: context.fill?.assignment,
            key: context.table.primaryKey,
            triggers: context.fill.map { [$0.name] } ?? [],
            wording: .nulls(in: column.name)
        )
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard condition.holds(context), context.notNull?.proof == nil,
            let verification = try verification(in: context, isSwapped: false)
        else { return [] }
        return [Step(title: "look for NULL in \(context.name(column)) in every row", action: .verify(verification))]
    }
}

extension Wording {
    /// How messages speak of a column that should have no NULL.
    static func nulls(in column: Identifier) -> Wording {
        Wording(
            absence: "nothing to look at",
            found: "rows with NULL in \(column)",
            verdict: "rows have NULL in \(column)",
            left: "The column can still hold NULL, and everything else is filled.",
            reason: "the fill expression gives NULL for them, or there is none",
            remedy: "Give these rows a value, then run the same command again."
        )
    }
}
