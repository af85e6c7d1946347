import Postgres

/// Installs the trigger that fills the NULLs which releases of the application go on writing.
public struct FillNulls: Operation {
    public static let key = "fill-nulls"
    public static let summary = "installs the trigger that fills NULLs, if there is a fill expression"

    let column: ArgumentName
    let fill: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        fill = try fields.argument("fill")
    }

    public static var checks: [any PreflightCheck.Type] { [FillPrivilegeCheck.self] }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let fill = context.fill else { return [] }
        return [
            Step(
                title: "fill NULLs in \(context.name(column)) by a trigger",
                action: .transaction(
                    GuardedTransaction(
                        locks: [
                            TableLock(
                                table: fill.table,
                                mode: .shareRowExclusive,
                                reason: "a trigger is added; no row is read or written"
                            )
                        ],
                        preparation: fill.preparation,
                        statements: fill.creation
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("a trigger is dropped; no row is touched")],
                        statements: fill.removal + fill.cleanup
                    )
                )
            )
        ]
    }
}
