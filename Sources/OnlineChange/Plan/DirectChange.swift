import Postgres

/// A change of type for which the server rewrites neither heap nor index and looks at no row: one statement.
struct DirectChange {
    let phase: PlannedPhase

    /// Nil if the change must be made the long way.
    init?(_ context: PlanningContext) throws(Failure) {
        guard let change = context.typeChange, let dependents = context.dependents, change.isFree else { return nil }
        let column = context.names.original
        guard let original = context.table.column(column) else { return nil }
        let number = original.number
        // These would be looked at in every row, or the plain ALTER refuses while they stand.
        guard dependents.constraints.allSatisfy({ ["p", "u"].contains($0.kind) }), dependents.views.isEmpty,
            dependents.policies.isEmpty, dependents.publications.allSatisfy({ $0.filter == nil }),
            !context.table.triggers.contains(where: { $0.columns.contains(number) }),
            context.names.addedLater == column,
            // The server would give the partitions' indexes other names, and drop their comments and marks.
            !context.table.isPartitioned || !context.table.indexes.contains(where: { $0.columns.contains(number) })
        else { return nil }
        let table = context.table.name
        let collation: SQL = change.collation.map { " COLLATE \(server: $0)" } ?? ""
        // The server reads the definitions of indexes and statistics again, which may not spell out all.
        let lookup = Set(change.lookup.values.joined()).sorted { $0.name < $1.name }
        var statements = LookupPath.around(
            "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(server: change.type)\(collation)",
            lookup
        )
        // What the server sets back without a word.
        let storage = AddTypedColumn.storage(of: original, change, on: column)
        if !storage.isEmpty { statements.append("ALTER TABLE \(table) \(SQL.joined(storage))") }
        if context.table.isPartitioned { statements = Succession.keepingStorage(of: column, of: table, statements) }
        statements += dependents.indexes
            .filter { extras in
                context.table.indexes.contains { $0.name == extras.name && $0.columns.contains(number) }
            }
            .flatMap { $0.targeting(table: table) }
        statements += dependents.statistics.compactMap(\.targeting)
        phase = PlannedPhase(
            name: "expand",
            summary:
                "Changes the type in place: the server rewrites nothing and looks at no row, so that no other phase "
                + "is needed. There is no way back from here but another change.",
            steps: [
                Step(
                    title: "change the type of \(column) in place",
                    action: .transaction(
                        GuardedTransaction(
                            locks: [context.exclusiveLock("ALTER COLUMN … TYPE without a rewrite")],
                            statements: statements
                        )
                    )
                )
            ],
            gate: nil,
            isFinal: true
        )
    }
}
