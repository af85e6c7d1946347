/// Drops the trigger that fills NULLs, unless it is to stay.
public struct DropFill: Operation {
    public static let key = "drop-fill"
    public static let summary = "drops the trigger that fills NULLs, unless it is to stay"

    let keep: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        keep = try fields.argument("keep")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let fill = context.fill, !context.isGiven(keep) else { return [] }
        return [
            Step(
                title: "drop the trigger that fills NULLs",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("a trigger is dropped; no row is touched")],
                        statements: fill.removal + fill.cleanup
                    )
                )
            )
        ]
    }
}
