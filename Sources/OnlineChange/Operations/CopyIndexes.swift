import Postgres

/// Builds, for each index that holds a column or reads it, the same index on the column added beside it.
///
/// Copies are not unique: the original's own index guarantees that already, and a second unique index makes concurrent
/// `INSERT … ON CONFLICT` fail on hot keys. They go with their column.
public struct CopyIndexes: Operation {
    public static let key = "copy-indexes"
    public static let summary = "builds concurrent copies of the column's indexes"

    let from: ArgumentName
    let to: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        from = try fields.argument("from")
        to = try fields.argument("to")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let column = try context.column(from)
        let table = context.table.name
        let originals = context.table.indexes.filter { $0.isValid && $0.columns.contains(column.number) }
        let copies: [Step] = originals.compactMap { original in
            guard let body = context.exchanged.indexes[original.name] else { return nil }
            let isUnique = original.isUnique && original.isImmediate && context.options.uniqueCopies
            let lookup = context.exchanged.lookup[.index(original.name)]
            let name = Self.name(of: original, on: context.table, column: context.name(to))
            if original.isPartitioned {
                let build = PartitionedIndexBuild(
                    index: name,
                    table: table,
                    isUnique: isUnique,
                    body: "\(server: body)",
                    tablespace: original.tablespace,
                    lookup: lookup
                )
                // Without an undo: it goes with its column, which no rollback leaves.
                return Step(title: "copy index \(original.name)", action: .buildPartitionedIndex(build))
            }
            let unique: SQL = isUnique ? "UNIQUE " : ""
            let build = IndexBuild(
                index: name,
                table: table,
                statement: "CREATE \(unique)INDEX CONCURRENTLY \(name.name) ON \(table) \(server: body)",
                tablespace: original.tablespace,
                lookup: lookup
            )
            return Step(
                title: "copy index \(original.name)",
                action: .buildIndex(build),
                undo: .dropIndex(name)
            )
        }
        guard context.table.isPartitioned else { return copies }
        let own = PartitionIndexCopies(
            table: table,
            from: context.name(from),
            to: context.name(to),
            areUnique: context.options.uniqueCopies
        )
        return copies + [
            Step(title: "copy indexes that partitions have of their own", action: .copyPartitionIndexes(own))
        ]
    }

    /// The name of a copy: legible, and no other index's.
    static func name(of original: Index, on table: TableSnapshot, column: Identifier) -> QualifiedName {
        let hash = StableHash.hex("\(table.oid).\(original.name.quoted).\(column.quoted)")
        return QualifiedName(schema: table.name.schema, name: original.name.shortened(appending: "_copy_\(hash)"))
    }
}
