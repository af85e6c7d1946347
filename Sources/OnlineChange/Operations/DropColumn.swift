import Postgres

/// Drops the legacy column, its index copies with it, and all that kept it equal.
public struct DropColumn: Operation {
    public static let key = "drop-column"
    public static let summary = "drops the legacy column and what kept it equal"

    let legacy: ArgumentName
    let current: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        legacy = try fields.argument("legacy")
        current = try fields.argument("current")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: legacy, replica: current)
        let column = try context.column(legacy)
        let table = context.table.name
        let dualWrite = try context.requireDualWrite()
        let narrowing = context.table.triggers.filter { $0.updateOf.contains(column.number) }.flatMap { trigger in
            trigger.replacement(
                on: table,
                definition: context.exchanged.triggers[trigger.name]?.exchanged ?? trigger.definition,
                lookup: context.exchanged.lookup[.trigger(trigger.name)]
            ) + context.table.cloneStates(of: trigger)
        }
        return [
            Step(
                title: "drop column \(pair.primary) and the triggers",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("DROP COLUMN changes what the table is; no row is touched")],
                        conditions: [.triggerBodiesForgot(pair.primary)],
                        statements: narrowing + dualWrite.removal
                            + ["ALTER TABLE \(table) DROP COLUMN IF EXISTS \(pair.primary)"] + dualWrite.cleanup
                    )
                )
            )
        ]
    }
}
