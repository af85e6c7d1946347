import Postgres

/// Adds a column of the same type beside another: nullable, without default, so that no write can fail on it.
///
/// Type, collation, storage, compression, statistics target and column grants are the other's. A domain becomes the
/// type it stands on, for its own default or NOT NULL would strike at once.
public struct AddColumn: Operation {
    public static let key = "add-column"
    public static let summary = "adds a nullable column of the same type, with the same storage and grants"

    let like: ArgumentName
    let name: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        like = try fields.argument("like")
        name = try fields.argument("name")
    }

    public static var checks: [any PreflightCheck.Type] { AddedColumn.checks }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let column = try context.column(like)
        let name = context.name(name)
        let table = context.table.name
        return [
            Step(
                title: "add column \(name) like \(column.name)",
                action: .transaction(
                    GuardedTransaction(
                        locks: [
                            context.exclusiveLock("ADD COLUMN changes what the table is; no row is read or written")
                        ],
                        statements: Self.statements(table: table, column: column, name: name)
                            + context.table.partitions.dropFirst().flatMap { partition in
                                partition.grants.filter { $0.column == column.name }
                                    .map { $0.grant.statement(on: name, of: partition.name) }
                            }
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

    static func statements(table: QualifiedName, column: Column, name: Identifier) -> [SQL] {
        let collation: SQL = column.collation.map { " COLLATE \(server: $0)" } ?? ""
        var actions: [SQL] = ["ADD COLUMN \(name) \(server: column.baseType)\(collation)"]
        if let storage = column.storage {
            actions.append("ALTER COLUMN \(name) SET STORAGE \(server: storage)")
        }
        if let method = ["p": "pglz", "l": "lz4"][column.compression] {
            actions.append("ALTER COLUMN \(name) SET COMPRESSION \(server: method)")
        }
        if let target = column.statisticsTarget {
            actions.append("ALTER COLUMN \(name) SET STATISTICS \(target)")
        }
        let grants = column.grants.map { $0.statement(on: name, of: table) }
        return ["ALTER TABLE \(table) \(SQL.joined(actions))"] + grants
    }
}
