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
        return originals.compactMap { original in
            guard let body = context.exchanged.indexes[original.name] else { return nil }
            let unique: SQL = original.isUnique && original.isImmediate && context.options.uniqueCopies ? "UNIQUE " : ""
            let hash = StableHash.hex("\(context.table.oid).\(original.name.quoted).\(context.name(to).quoted)")
            let name = QualifiedName(
                schema: table.schema,
                name: original.name.shortened(appending: "_copy_\(hash)")
            )
            let build = IndexBuild(
                index: name,
                table: table,
                statement: "CREATE \(unique)INDEX CONCURRENTLY \(name.name) ON \(table) \(server: body)",
                tablespace: original.tablespace
            )
            return Step(
                title: "copy index \(original.name)",
                action: .buildIndex(build),
                undo: .dropIndex(name)
            )
        }
    }
}
