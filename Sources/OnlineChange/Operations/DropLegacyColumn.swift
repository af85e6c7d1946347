import Postgres

/// Drops the column of the old type, the indexes on it, and all that kept it in sync.
public struct DropLegacyColumn: Operation {
    public static let key = "drop-legacy-column"
    public static let summary = "drops the old column and what kept it in sync"

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let dualWrite = try context.requireDualWrite()
        let table = context.table.name
        let legacy = context.names.originalLater
        return [
            Step(
                title: "drop column \(legacy) and the triggers",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("DROP COLUMN changes what the table is; no row is touched")],
                        statements: dualWrite.removal + ["ALTER TABLE \(table) DROP COLUMN IF EXISTS \(legacy)"]
                            + dualWrite.cleanup
                    )
                )
            )
        ]
    }
}
