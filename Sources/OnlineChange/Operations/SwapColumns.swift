import Postgres

/// Puts the column of the new type in the original's place, with everything that hung on that, in one transaction.
///
/// The original stays in sync under a name of its own until drop, without default, NOT NULL or key.
public struct SwapColumns: Operation {
    public static let key = "swap-columns"
    public static let summary = "puts the new column, with all that hung on the old one, in its place"

    let column: ArgumentName
    let type: ArgumentName
    let name: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        type = try fields.argument("type")
        name = try fields.argument("name")
    }

    public func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames? {
        guard let original = arguments.columns[column.name] else { return nil }
        if let added = arguments.columns[name.name] {
            return ColumnNames(original: original, added: added, originalLater: original, addedLater: added)
        }
        func free(_ suffix: String) -> Identifier {
            let names =
                [original.shortened(appending: suffix)]
                + (2...99).map { original.shortened(appending: "\(suffix)\($0)") }
            return names.first { table?.column($0) == nil } ?? original
        }
        return ColumnNames(
            original: original,
            added: free("_new"),
            originalLater: free("_old"),
            addedLater: original
        )
    }

    public func outcome(_ arguments: ArgumentValues) -> Outcome? {
        guard let from = arguments.columns[column.name], let type = arguments.texts[type.name] else { return nil }
        return .retyped(from: from, to: arguments.columns[name.name] ?? from, type: type)
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let succession = try context.succession()
        let pair = try context.pair(primary: column, replica: name)
        let dualWrite = try context.requireDualWrite()
        let later = context.swapped(pair)
        let isOneWay = succession.change.backward == nil
        let locks = Self.locks(succession, context)
        let swap = Step(
            title: "put \(pair.replica) in the place of \(pair.primary)",
            action: .transaction(
                GuardedTransaction(
                    locks: locks,
                    conditions: succession.keyIndexes(succession.change.indexes).map { .keyIndexes($0) } + [.verified],
                    statements: dualWrite.removal + succession.swap()
                        + (isOneWay ? [] : dualWrite.turn(to: later) + dualWrite.startCounting(later))
                )
            ),
            undo: isOneWay
                ? nil
                : .transaction(
                    GuardedTransaction(
                        locks: locks,
                        conditions: succession.keyIndexes(succession.change.originalIndexes).map { .keyIndexes($0) },
                        statements: dualWrite.removal + succession.swapBack() + dualWrite.turn(to: pair)
                    )
                ),
            undoPreparation: isOneWay ? [] : Self.preparation(succession, later, context),
            isSwap: true
        )
        return Self.validations(succession, ofOriginal: true) + [swap]
            + Self.validations(succession, ofOriginal: false)
    }

    /// The table's lock and those of the tables at the other ends of foreign keys, in the order of their names, which
    /// is the same for every change.
    private static func locks(_ succession: Succession, _ context: PlanningContext) -> [TableLock] {
        let keys = succession.dependents.constraints.filter { $0.kind == "f" }
        let others = Set(keys.flatMap { [$0.table, $0.referenced].compactMap { $0 } }).subtracting([context.table.name])
        let reason = "its foreign keys are dropped and added as NOT VALID; no row is read or written"
        return
            ([context.exclusiveLock("columns change places; no row is read or written")]
            + others.map { TableLock(table: $0, mode: .accessExclusive, reason: reason) })
            .sorted { $0.table.quoted < $1.table.quoted }
    }

    /// Foreign keys are validated once they stand. As an undo, so are the original's, with its checks: each step before
    /// the swap is undone after it.
    private static func validations(_ succession: Succession, ofOriginal: Bool) -> [Step] {
        succession.dependents.constraints
            .filter { $0.isValidated && ($0.kind == "f" || ofOriginal && $0.kind == "c") }
            .map { constraint in
                let validation = Action.validate(
                    ConstraintValidation(table: constraint.table, constraint: constraint.name)
                )
                return Step(
                    title: "validate \(constraint.name) on \(constraint.table)",
                    action: validation,
                    undo: ofOriginal ? validation : nil
                )
            }
    }

    /// What the original needs to take its place back: unique indexes, a validated check for NOT NULL, and nothing in
    /// the table that it can't hold.
    private static func preparation(
        _ succession: Succession,
        _ later: ColumnPair,
        _ context: PlanningContext
    ) -> [Action] {
        let table = succession.table.name
        var checks: [(name: Identifier, definition: SQL)] = []
        if succession.column.isNotNull {
            checks.append((Ready.notNull(succession), "CHECK (\(later.replica) IS NOT NULL)"))
        }
        if let fits = GuardColumn.fits(later, allowsLoss: context.options.allowsLoss) {
            checks.append((Ready.fits(succession), "CHECK (\(fits))"))
        }
        let guarding = GuardedTransaction(
            locks: checks.isEmpty ? [] : [context.exclusiveLock("ADD CONSTRAINT … NOT VALID; no row is read")],
            conditions: [.comesBack],
            statements: checks.flatMap { check -> [SQL] in
                [
                    "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(check.name)",
                    "ALTER TABLE \(table) ADD CONSTRAINT \(check.name) \(check.definition) NOT VALID",
                ]
            }
        )
        let unique = succession.table.indexes.filter {
            $0.isValid && $0.isUnique && $0.columns.contains(succession.column.number)
        }
        return [.transaction(guarding)]
            + (succession.column.isNotNull
                ? [.validate(ConstraintValidation(table: table, constraint: Ready.notNull(succession)))] : [])
            + unique.compactMap { index in
                succession.change.originalIndexes[index.name].map {
                    index.isPartitioned
                        ? BuildIndexes.partitioned(index, $0, succession)
                        : .buildIndex(BuildIndexes.build(index, $0, succession))
                }
            }
    }
}
