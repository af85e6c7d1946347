import Postgres

/// Makes the column NOT NULL by a check that proves it, so that the server reads no row for it.
///
/// From 18 on the validated constraint is all there is to it.
public struct EnforceNotNull: Operation {
    public static let key = "enforce-not-null"
    public static let summary = "makes the column NOT NULL without reading a row"

    let column: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
    }

    public func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames? {
        arguments.columns[column.name].map { ColumnNames(only: $0) }
    }

    public func outcome(_ arguments: ArgumentValues) -> Outcome? {
        arguments.columns[column.name].map { .notNull($0) }
    }

    public static var checks: [any PreflightCheck.Type] {
        [LedgerPublicationCheck.self, OnlyRenamePartitionsCheck.self]
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let facts = context.notNull else { return [] }
        if NotNullFacts.hasConstraint(context.facts), facts.proof == nil { return [] }
        let column = try context.column(column).name
        let table = context.table.name
        let check = facts.constraintName(table: table, column: column, facts: context.facts)
        let removal: [SQL] = facts.proof == nil ? ["ALTER TABLE \(table) DROP CONSTRAINT \(check)"] : []
        return [
            Step(
                title: "make \(column) NOT NULL",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("SET NOT NULL; the valid check proves it, so no row is read")],
                        statements: ["ALTER TABLE \(table) ALTER COLUMN \(column) SET NOT NULL"] + removal
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("DROP NOT NULL; no row is read")],
                        statements: ["ALTER TABLE \(table) ALTER COLUMN \(column) DROP NOT NULL"]
                    )
                )
            )
        ]
    }
}
