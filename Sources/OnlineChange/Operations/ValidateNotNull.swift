import Postgres

/// Has the server read every row and take the constraint for proven, while everyone goes on reading and writing.
public struct ValidateNotNull: Operation {
    public static let key = "validate-not-null"
    public static let summary = "has the server prove the constraint, while everyone goes on"

    let column: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let facts = context.notNull, facts.proof == nil else { return [] }
        let column = try context.column(column).name
        let table = context.table.name
        let name = facts.pending?.name ?? facts.constraintName(table: table, column: column, facts: context.facts)
        return [
            Step(
                title: "prove that no row has NULL in \(column)",
                action: .validate(ConstraintValidation(table: table, constraint: name)),
                // A constraint that was there before is as it was: not validated.
                undo: facts.pending.map { _ in
                    .transaction(
                        GuardedTransaction(
                            locks: [context.exclusiveLock("a constraint is made anew, NOT VALID: no row is read")],
                            statements: facts.pendingRestored(table: table, column: column)
                        )
                    )
                }
            )
        ]
    }
}
