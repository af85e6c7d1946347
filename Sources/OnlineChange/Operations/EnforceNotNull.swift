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
        [LedgerPublicationCheck.self]
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard let facts = context.notNull else { return [] }
        if NotNullFacts.hasConstraint(context.facts), facts.proof == nil { return [] }
        let column = try context.column(column).name
        let table = context.table.name
        let check = facts.constraintName(table: table, column: column, facts: context.facts)
        let own = OwnNotNull(
            partitions: context.table.partitionsNotNull(column),
            column: column,
            table: table,
            check: facts.proof == nil ? check : nil
        )
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
                            + own.restoration + facts.pendingRestored(table: table, column: column)
                    )
                ),
                undoPreparation: own.preparation(
                    context.exclusiveLock("a constraint is added, NOT VALID: no row is read")
                )
            )
        ]
    }
}

/// NOT NULL of partitions' own, which goes when the table's does and is given back by the same proof.
private struct OwnNotNull {
    let partitions: [QualifiedName]
    let column: Identifier
    /// The partitioned table.
    let table: QualifiedName
    /// The check that proves it; nil if one of the user's stands.
    let check: Identifier?

    /// Has it proven, while everyone goes on, that they can have it back.
    func preparation(_ lock: TableLock) -> [Action] {
        guard !partitions.isEmpty, let check else { return [] }
        let addition = GuardedTransaction(
            locks: [lock],
            statements: [
                "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(check)",
                "ALTER TABLE \(table) ADD CONSTRAINT \(check) CHECK (\(column) IS NOT NULL) NOT VALID",
            ]
        )
        return [.transaction(addition), .validate(ConstraintValidation(table: table, constraint: check))]
    }

    /// Gives it back, but to those that are partitions no more: they have kept it.
    var restoration: [SQL] {
        guard !partitions.isEmpty else { return [] }
        let each = partitions.map { partition -> SQL in
            let body: SQL = """
                BEGIN
                  IF EXISTS (SELECT FROM pg_catalog.pg_partition_tree(\(literal: table.quoted)::pg_catalog.regclass)
                      WHERE relid = pg_catalog.to_regclass(\(literal: partition.quoted))) THEN
                    ALTER TABLE \(partition) ALTER COLUMN \(column) SET NOT NULL;
                  END IF;
                END
                """
            return "DO LANGUAGE plpgsql \(literal: body.text)"
        }
        return each + (check.map { ["ALTER TABLE \(table) DROP CONSTRAINT \($0)"] } ?? [])
    }
}
