import Postgres

/// How a column of another type takes a column's place, with everything that hangs on it, and how it gives it back.
///
/// Both ways the same is done in one transaction, by `JointSuccession`: what hangs on the one column is taken off, the
/// names are exchanged, and it is put on the other. Nothing of it reads or writes a row: keys come from indexes that
/// were built before, NOT NULL from a check that was validated before, foreign keys are validated after.
struct Succession {
    let table: TableSnapshot
    let column: Column
    let names: ColumnNames
    let change: TypeChange
    let dependents: ColumnDependents
    let added: Identifier

    private var name: QualifiedName { table.name }
    private var later: Identifier { names.addedLater ?? names.original }

    /// What partitions have is noted before it goes; those that have come since expand get what the others have.
    func notes(isBack: Bool) -> [SQL] {
        let own =
            table.isPartitioned && !isBack ? [Self.partitionProperties(of: names.original, on: added, of: name)] : []
        return partitionNotes() + partitionNotNullNotes() + own
    }

    /// The one column is left without what only one can have, and the names are exchanged.
    func exchange(isBack: Bool) -> [SQL] {
        release(isBack: isBack)
            + (isBack
                ? exchange(from: names.original, to: added, then: (aside, names.original))
                : exchange(from: names.original, to: aside, then: (added, names.original)))
    }

    /// Default, identity and sequences of the column that has the name now.
    func properties(isBack: Bool) -> [SQL] {
        isBack
            ? properties(default: column.defaultExpression, type: column.type)
            : properties(default: change.defaultExpression, type: change.type)
    }

    /// With a name of its own for the new column: both get the last names that they have.
    func lastNames() -> [SQL] { lastly([(names.original, later), (aside, names.originalLater)]) }

    /// The names with which the way back begins.
    func firstNames() -> [SQL] { lastly([(names.originalLater, aside), (later, names.original)]) }

    /// What the original is called while the added column has its name.
    private var aside: Identifier { isRenamedInTheEnd ? table.spareColumnName : names.originalLater }

    /// With a name of its own for the new column, both get their last names once all is carried.
    private var isRenamedInTheEnd: Bool { later != names.original }

    private func lastly(_ renames: [(Identifier, Identifier)]) -> [SQL] {
        guard isRenamedInTheEnd else { return [] }
        return renames.map { "ALTER TABLE \(name) RENAME COLUMN \($0.0) TO \($0.1)" }
    }

    private func exchange(from: Identifier, to: Identifier, then: (Identifier, Identifier)) -> [SQL] {
        [(from, to), then].map { "ALTER TABLE \(name) RENAME COLUMN \($0.0) TO \($0.1)" }
    }

    // MARK: What is taken off the one column and put on the other, by the names that it has always had

    var foreignKeys: [Constraint] { dependents.constraints.filter { $0.kind == "f" } }
    var tableConstraints: [Constraint] { dependents.constraints.filter { ["p", "u", "c"].contains($0.kind) } }
    var triggers: [Trigger] {
        table.triggers.filter { $0.columns.contains(column.number) && !DualWrite.isOurs($0.name) }
    }

    func detach() -> [SQL] {
        var statements: [SQL] = dependents.views.reversed().map { "DROP VIEW \($0.name)" }
        statements += dependents.publications.map { "ALTER PUBLICATION \($0.name) DROP TABLE \(name)" }
        statements += dependents.policies.map { "DROP POLICY \($0.name) ON \(name)" }
        statements += triggers.map { "DROP TRIGGER \($0.name) ON \(name)" }
        statements += dependents.statistics.map { "DROP STATISTICS \($0.name)" }
        statements += (foreignKeys + tableConstraints).map { "ALTER TABLE \($0.table) DROP CONSTRAINT \($0.name)" }
        statements += plainIndexes.filter { $0.isUnique && !$0.isPartitioned }.map {
            "DROP INDEX \(QualifiedName(schema: name.schema, name: $0.name))"
        }
        return statements
    }

    /// Statistics, foreign keys, triggers and policies.
    func attach() -> [[SQL]] {
        dependents.statistics.map { $0.creation(lookup: lookup(.statistics($0.name))) }
            + foreignKeys.map { key in
                ["ALTER TABLE \(key.table) ADD CONSTRAINT \(key.name) \(server: key.definition) NOT VALID"]
                    + key.commenting
            }
            + triggers.map {
                $0.creation(on: name, lookup: lookup(.trigger($0.name))) + table.cloneStates(of: $0)
            }
            + dependents.policies.map { $0.creation(on: name, lookup: lookup(.policy($0.name))) }
    }

    /// The views, each with all that makes it, in the order in which they can be made.
    func views() -> [[SQL]] {
        dependents.views.map {
            $0.creation(defaultGrantees: dependents.defaultGrantees, lookup: lookup(.view($0.name)))
        }
    }

    /// Publications send the table again.
    func publications() -> [[SQL]] { dependents.publications.map { [$0.adding(name)] } }

    /// Where operators are looked up that an object's text doesn't spell out.
    func lookup(_ object: UserText) -> [Identifier] { change.lookup[object] ?? [] }

    // MARK: Default, identity, sequences

    /// Takes default, NOT NULL and identity off the column that has the name, and notes where its identity stands.
    private func release(isBack: Bool) -> [SQL] {
        var statements: [SQL] = []
        for sequence in dependents.sequences {
            if sequence.isIdentity {
                // A sequence can't be locked by LOCK; this takes a lock that nextval waits for, and changes nothing.
                statements.append("ALTER SEQUENCE \(sequence.name) CACHE \(sequence.cache)")
                statements.append(
                    """
                    SELECT pg_catalog.set_config('online_change.sequence', last_value::text || ' ' || is_called::text, true)
                    FROM \(sequence.name)
                    """
                )
                statements.append("ALTER TABLE \(name) ALTER COLUMN \(names.original) DROP IDENTITY")
            } else if OwnedSequence.isWhole(change.type), change.type != sequence.type {
                let type = isBack ? sequence.type : change.type
                statements.append("ALTER SEQUENCE \(sequence.name) AS \(server: type)")
            }
        }
        var actions: [SQL] = []
        if column.defaultExpression != nil { actions.append("ALTER COLUMN \(names.original) DROP DEFAULT") }
        if column.isNotNull { actions.append("ALTER COLUMN \(names.original) DROP NOT NULL") }
        guard !actions.isEmpty else { return statements }
        return statements + ["ALTER TABLE \(name) \(SQL.joined(actions))"] + partitionNotNullReleases()
    }

    /// Gives the column that has the name now default, identity and sequences.
    private func properties(default expression: String?, type: String) -> [SQL] {
        var statements: [SQL] = []
        if let expression {
            let reach: SQL = table.isPartitioned ? "ONLY " : ""
            let setting: SQL =
                "ALTER TABLE \(reach)\(name) ALTER COLUMN \(names.original) SET DEFAULT \(server: expression)"
            let all = [setting] + (table.isPartitioned ? [partitionDefaults(expression)] : [])
            statements += all.flatMap { LookupPath.around($0, lookup(.columnDefault)) }
        }
        for sequence in dependents.sequences {
            if sequence.isIdentity {
                let always: SQL = column.identity == "a" ? "ALWAYS" : "BY DEFAULT"
                statements.append(
                    """
                    ALTER TABLE \(name) ALTER COLUMN \(names.original) ADD GENERATED \(always) AS IDENTITY
                    (SEQUENCE NAME \(sequence.name)\(sequence.options(for: type)))
                    """
                )
                statements.append(
                    """
                    SELECT pg_catalog.setval(\(literal: sequence.name.quoted)::pg_catalog.regclass,
                      pg_catalog.split_part(pg_catalog.current_setting('online_change.sequence'), ' ', 1)::bigint,
                      pg_catalog.split_part(pg_catalog.current_setting('online_change.sequence'), ' ', 2)::boolean)
                    """
                )
                statements += sequence.privileges(owner: table.owner)
            } else {
                statements.append("ALTER SEQUENCE \(sequence.name) OWNED BY \(name).\(names.original)")
            }
        }
        return statements
    }

    // MARK: Indexes, keys, checks

    /// Indexes on the column that no constraint stands for.
    private var plainIndexes: [Index] {
        let constrained = Set(tableConstraints.compactMap(\.index))
        return indexes.filter { !constrained.contains($0.name) }
    }

    private var indexes: [Index] { table.indexes.filter { $0.isValid && $0.columns.contains(column.number) } }

    /// Checks, keys and indexes for the column that has the name now, from what was made ready for it.
    func keys(isBack: Bool) -> [SQL] {
        var statements: [SQL] = []
        for constraint in tableConstraints where !partitionedKeys.contains(constraint) {
            if constraint.kind == "c" {
                let ready = Ready.name(constraint.name, self)
                statements +=
                    isBack
                    ? LookupPath.around(
                        "ALTER TABLE \(name) ADD CONSTRAINT \(constraint.name) \(server: constraint.definition) NOT VALID",
                        lookup(.constraint(constraint.name))
                    ) : ["ALTER TABLE \(name) RENAME CONSTRAINT \(ready) TO \(constraint.name)"]
            } else if let index = constraint.index {
                let kind: SQL = constraint.kind == "p" ? "PRIMARY KEY" : "UNIQUE"
                statements.append(
                    """
                    ALTER TABLE \(name) ADD CONSTRAINT \(constraint.name) \(kind)
                    USING INDEX \(Ready.name(index, self))\(constraint.deferral)
                    """
                )
            }
            statements += constraint.commenting
        }
        statements += partitionCheckComments() + partitionKeys()
        for index in plainIndexes { statements += index.isPartitioned ? takeParts(of: index) : take(index) }
        for extras in dependents.indexes where !table.isPartitioned {
            guard let index = indexes.first(where: { $0.name == extras.name }) else { continue }
            statements += extras.statements(table: name)
            // On the way back, those that aren't unique are the old ones still.
            guard !isBack || index.isUnique, let columns = change.indexColumns[extras.name] else { continue }
            statements += extras.renames(
                from: isBack ? columns.onOriginal : columns.onAdded,
                to: isBack ? extras.columns : columns.altered,
                table: name
            )
        }
        return statements
    }

    /// Gives an index that was built for this the name; one that isn't unique leaves its own to the other.
    private func take(_ index: Index) -> [SQL] {
        let ready = Ready.name(index.name, self)
        func rename(_ old: Identifier, _ new: Identifier) -> SQL {
            "ALTER INDEX \(QualifiedName(schema: name.schema, name: old)) RENAME TO \(new)"
        }
        guard !index.isUnique else { return [rename(ready, index.name)] }
        let spare = Ready.name("spare", self)
        return [rename(index.name, spare), rename(ready, index.name), rename(spare, ready)]
    }
}
