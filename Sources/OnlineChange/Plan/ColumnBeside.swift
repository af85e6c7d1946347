import Postgres

/// Another column of the same table that changes in the same transaction.
struct ColumnBeside: Sendable {
    /// Its number.
    let number: Int
    /// Whether it carries the indexes and constraints that both are in.
    let comesFirst: Bool
    /// Constraints of the table that read it.
    let constraints: Set<Identifier>
}

extension TableSnapshot {
    /// The table without the indexes that others carry.
    func without(_ others: [ColumnBeside]) -> TableSnapshot {
        var table = self
        table.indexes.removeAll { index in others.contains { index.columns.contains($0.number) } }
        return table
    }
}

extension ColumnDependents {
    /// What depends on the column without the keys and checks that others carry. Foreign keys, and what is made anew
    /// as a whole, is known by its statements.
    func without(_ others: [ColumnBeside]) -> ColumnDependents {
        var dependents = self
        dependents.constraints.removeAll { constraint in
            constraint.kind != "f" && others.contains { $0.constraints.contains(constraint.name) }
        }
        return dependents
    }
}
