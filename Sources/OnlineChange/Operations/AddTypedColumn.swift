import Postgres

/// Adds a column of another type beside the original: nullable, without default, so that no write can fail on it.
///
/// Collation is as asked for; storage and compression (where the new type has any), statistics target, options, column
/// grants and comment are the original's. The plain ALTER sets the first two back without a word.
public struct AddTypedColumn: Operation {
    public static let key = "add-typed-column"
    public static let summary = "adds a nullable column of the new type, with the same grants"

    let column: ArgumentName
    let name: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        _ = try fields.argument("type")
        column = try fields.argument("column")
        name = try fields.argument("name")
    }

    public static var checks: [any PreflightCheck.Type] {
        AddedColumn.checks + [CarryCheck.self, PartitionCarryCheck.self, CascadeCheck.self]
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let original = try context.column(column)
        let succession = try context.succession()
        let name = context.name(name)
        let table = context.table.name
        return [
            Step(
                title: "add column \(name) of type \(succession.change.type)",
                action: .transaction(
                    GuardedTransaction(
                        locks: [
                            context.exclusiveLock("ADD COLUMN changes what the table is; no row is read or written")
                        ],
                        statements: Self.statements(succession, original, name)
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("DROP COLUMN changes what the table is; no row is touched")],
                        statements: ["ALTER TABLE \(table) DROP COLUMN IF EXISTS \(name)"]
                    )
                )
            )
        ]
    }

    static func statements(_ succession: Succession, _ original: Column, _ name: Identifier) -> [SQL] {
        let table = succession.table.name
        let collation: SQL = succession.change.collation.map { " COLLATE \(server: $0)" } ?? ""
        var actions: [SQL] = ["ADD COLUMN \(name) \(server: succession.change.type)\(collation)"]
        actions += storage(of: original, succession.change, on: name)
        if let target = original.statisticsTarget {
            actions.append("ALTER COLUMN \(name) SET STATISTICS \(target)")
        }
        if !succession.dependents.options.isEmpty {
            let options = succession.dependents.options.joined(separator: ", ")
            actions.append("ALTER COLUMN \(name) SET (\(server: options))")
        }
        let grants = original.grants.map { $0.statement(on: name, of: table) }
        let comment: [SQL] =
            succession.dependents.comment.map { ["COMMENT ON COLUMN \(table).\(name) IS \(literal: $0)"] } ?? []
        let own =
            succession.table.isPartitioned
            ? [Succession.partitionProperties(of: original.name, on: name, of: table)] : []
        return ["ALTER TABLE \(table) \(SQL.joined(actions))"] + own + grants + comment
    }
}

extension AddTypedColumn {
    /// Gives a column of the new type the storage and compression that the original was given.
    static func storage(of original: Column, _ change: TypeChange, on name: Identifier) -> [SQL] {
        guard change.isToastable else { return [] }
        var actions: [SQL] = []
        if let storage = original.storage { actions.append("ALTER COLUMN \(name) SET STORAGE \(server: storage)") }
        if let method = ["p": "pglz", "l": "lz4"][original.compression] {
            actions.append("ALTER COLUMN \(name) SET COMPRESSION \(server: method)")
        }
        return actions
    }
}

extension ColumnGrant {
    /// Gives the same privilege on another column.
    func statement(on column: Identifier, of table: QualifiedName) -> SQL {
        let grantee: SQL = grantee.map { "\($0)" } ?? "PUBLIC"
        let option: SQL = isGrantable ? " WITH GRANT OPTION" : ""
        return "GRANT \(server: privilege) (\(column)) ON TABLE \(table) TO \(grantee)\(option)"
    }
}
