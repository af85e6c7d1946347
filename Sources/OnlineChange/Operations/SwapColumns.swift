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
    let cascade: ArgumentName?

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        type = try fields.argument("type")
        name = try fields.argument("name")
        cascade = try fields.optionalArgument("cascade")
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

    /// The arguments for a column that goes along; nil unless that is asked for.
    func arguments(_ arguments: ArgumentValues, forCompanion companion: Identifier) -> ArgumentValues? {
        guard let cascade, arguments.texts[cascade.name] != nil else { return nil }
        return ArgumentValues(columns: [column.name: companion], texts: arguments.texts)
    }

    public func outcome(_ arguments: ArgumentValues) -> Outcome? {
        guard let from = arguments.columns[column.name], let type = arguments.texts[type.name] else { return nil }
        return .retyped(from: from, to: arguments.columns[name.name] ?? from, type: type)
    }

    /// All columns of the change at once; for those that go along there is nothing more to do.
    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard context.place == 0 else { return [] }
        var parts: [Part] = []
        for each in [context] + context.companions {
            let pair = try each.pair(primary: column, replica: name)
            parts.append(
                Part(
                    context: each,
                    succession: try each.succession(),
                    pair: pair,
                    later: each.swapped(pair),
                    dualWrite: try each.requireDualWrite()
                )
            )
        }
        let joint = JointSuccession(successions: parts.map(\.succession))
        let isOneWay = parts.contains { $0.succession.change.backward == nil }
        let locks = Self.locks(parts)
        let removal = parts.flatMap(\.dualWrite.removal)
        let swap = Step(
            title: context.isAlone
                ? "put \(parts[0].pair.replica) in the place of \(parts[0].pair.primary)"
                : "put the new columns in the places of \(parts.map(\.object).joined(separator: ", "))",
            action: .transaction(
                GuardedTransaction(
                    locks: locks,
                    conditions: Self.keyIndexes(parts, \.change.indexes) + [.verified],
                    statements: removal + joint.swap()
                        + (isOneWay
                            ? []
                            : parts.flatMap { $0.dualWrite.turn(to: $0.later) + $0.dualWrite.startCounting($0.later) })
                )
            ),
            undo: isOneWay
                ? nil
                : .transaction(
                    GuardedTransaction(
                        locks: locks,
                        conditions: Self.keyIndexes(parts, \.change.originalIndexes),
                        statements: removal + joint.swapBack() + parts.flatMap { $0.dualWrite.turn(to: $0.pair) }
                    )
                ),
            undoPreparation: isOneWay ? [] : parts.flatMap(Self.preparation),
            isSwap: true
        )
        return Self.validations(joint, parts, ofOriginal: true) + [swap]
            + Self.validations(joint, parts, ofOriginal: false)
    }

    /// One column that changes its place with another.
    private struct Part {
        let context: PlanningContext
        let succession: Succession
        let pair: ColumnPair
        /// The same two from swap on.
        let later: ColumnPair
        let dualWrite: DualWrite

        /// The original, in a title.
        var object: String { "\(context.table.name).\(pair.primary)" }
    }

    /// Partitions' keys are made from indexes that stand on every partition by then.
    private static func keyIndexes(
        _ parts: [Part],
        _ bodies: KeyPath<Succession, [Identifier: String]>
    ) -> [Condition] {
        parts.flatMap { $0.succession.keyIndexes($0.succession[keyPath: bodies]).map { .keyIndexes($0) } }
    }

    /// The locks on the tables and on those at the other ends of foreign keys: what is referred to before what refers
    /// to it, and by name where that doesn't say.
    ///
    /// An application that writes a parent and its children locks them in that order too. Taken the other way round, we
    /// would hold what it is about to ask for, and wait for what it holds.
    private static func locks(_ parts: [Part]) -> [TableLock] {
        var locks: [QualifiedName: TableLock] = [:]
        let reason = "its foreign keys are dropped and added as NOT VALID; no row is read or written"
        let keys = parts.flatMap(\.succession.foreignKeys)
        for table in keys.map(\.table) + keys.compactMap(\.referenced) {
            locks[table] = TableLock(table: table, mode: .accessExclusive, reason: reason)
        }
        for part in parts {
            let lock = part.context.exclusiveLock("columns change places; no row is read or written")
            locks[lock.table] = lock
        }
        var order: [TableLock] = []
        var left = locks.values.sorted { $0.table.quoted < $1.table.quoted }
        while !left.isEmpty {
            let next = left.firstIndex { lock in
                !keys.contains { key in
                    key.table == lock.table && key.referenced != lock.table
                        && left.contains { $0.table == key.referenced }
                }
            }
            // In a ring none comes first.
            order.append(left.remove(at: next ?? 0))
        }
        return order
    }

    /// Foreign keys are validated once they stand. As an undo, so are the original's, with its checks: each step before
    /// the swap is undone after it.
    private static func validations(_ joint: JointSuccession, _ parts: [Part], ofOriginal: Bool) -> [Step] {
        joint.constraints
            .filter { $0.isValidated && ($0.kind == "f" || ofOriginal && $0.kind == "c") }
            .map { constraint in
                let validation = Action.validate(
                    ConstraintValidation(table: constraint.table, constraint: constraint.name)
                )
                return Step(
                    title: "validate \(constraint.name) on \(constraint.table)",
                    action: validation,
                    undo: ofOriginal ? validation : nil,
                    column: parts.first { $0.context.table.name == constraint.table }?.context.place ?? 0
                )
            }
    }

    /// What an original needs to take its place back: unique indexes, a validated check for NOT NULL, and nothing in
    /// the table that it can't hold.
    private static func preparation(_ part: Part) -> [Action] {
        let (succession, later) = (part.succession, part.later)
        let table = succession.table.name
        var checks: [(name: Identifier, definition: SQL)] = []
        if succession.column.holdsNoNull {
            checks.append((Ready.notNull(succession), "CHECK (\(later.replica) IS NOT NULL)"))
        }
        if let fits = GuardColumn.fits(later, allowsLoss: part.context.options.allowsLoss) {
            checks.append((Ready.fits(succession), "CHECK (\(fits))"))
        }
        let reason = "ADD CONSTRAINT … NOT VALID; no row is read"
        let guarding = GuardedTransaction(
            locks: checks.isEmpty ? [] : [part.context.exclusiveLock(reason)],
            // It is one for all of the plan's columns.
            conditions: part.context.place == 0 ? [.comesBack] : [],
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
            + (succession.column.holdsNoNull
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
