import Postgres

/// Builds, on the column of the new type, each index that the original is in.
///
/// Unique ones come last, just before swap: from then on a value that repeats after its conversion is an error.
public struct BuildIndexes: Operation {
    public static let key = "build-indexes"
    public static let summary = "builds the column's indexes concurrently on the new one"

    let column: ArgumentName
    let isUnique: Bool

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        isUnique = try fields.flag("unique")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let succession = try context.succession()
        let column = try context.column(column)
        return succession.table.indexes
            .filter { $0.isValid && $0.isUnique == isUnique && $0.columns.contains(column.number) }
            .compactMap { original in
                guard let body = succession.change.indexes[original.name] else { return nil }
                if original.isPartitioned {
                    let build = Self.partitioned(original, body, succession)
                    // Without an undo: it goes with its column, which no rollback leaves.
                    return Step(title: "build index \(original.name) for the new column", action: build)
                }
                let build = Self.build(original, body, succession)
                return Step(
                    title: "build index \(original.name) for the new column",
                    action: .buildIndex(build),
                    undo: .dropIndex(build.index)
                )
            }
    }

    /// The twin of a partitioned table's index, or the indexes that a key's parts are made from.
    static func partitioned(_ original: Index, _ body: String, _ succession: Succession) -> Action {
        if let key = succession.keyIndexes([original.name: body]).first { return .buildKeyIndexes(key) }
        let table = succession.table.name
        return .buildPartitionedIndex(
            PartitionedIndexBuild(
                index: QualifiedName(schema: table.schema, name: Ready.name(original.name, succession)),
                table: table,
                isUnique: original.isUnique,
                body: "\(server: body)",
                tablespace: original.tablespace,
                lookup: succession.change.lookup[.index(original.name)]
            )
        )
    }

    /// The twin of an index, under a name of its own until it takes the other's place.
    static func build(_ original: Index, _ body: String, _ succession: Succession) -> IndexBuild {
        let unique: SQL = original.isUnique ? "UNIQUE " : ""
        let table = succession.table.name
        let name = Ready.name(original.name, succession)
        return IndexBuild(
            index: QualifiedName(schema: table.schema, name: name),
            table: table,
            statement: "CREATE \(unique)INDEX CONCURRENTLY \(name) ON \(table) \(server: body)",
            tablespace: original.tablespace,
            lookup: succession.change.lookup[.index(original.name)]
        )
    }
}
