import Postgres

/// Whether the tables of a change are called what its plan calls them: its statements name them, and another table may
/// bear the name by now.
enum TableNames {
    /// Throws if one has been renamed or moved; one that is gone is not looked at.
    static func require(_ plan: Plan, on session: Session) async throws {
        for column in plan.columns {
            let rows = try await session.run(
                """
                SELECT n.nspname AS schema, c.relname AS name, to_regclass(\(column.table.quoted)) IS NOT NULL AS is_taken
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = \(column.tableOID)::oid
                """
            ).rows
            guard let row = rows.first else { continue }
            let now = QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"]))
            guard now != column.table else { continue }
            let isTaken: Bool = try row["is_taken"]
            throw Failure(
                .refused,
                "table \(column.table) is called \(now) now, and the plan's statements name it as it was"
                    + (isTaken ? "; another table has its name" : ""),
                left: "Nothing of this step was done.",
                next: (isTaken ? "Give the other table another name. " : "")
                    + renaming(now, to: column.table).joined(separator: " ")
                    + " Then run the same command again."
            )
        }
    }

    private static func renaming(_ now: QualifiedName, to planned: QualifiedName) -> [String] {
        var statements: [String] = []
        if now.schema != planned.schema {
            statements.append("ALTER TABLE \(now.quoted) SET SCHEMA \(planned.schema.quoted);")
        }
        if now.name != planned.name {
            let moved = QualifiedName(schema: planned.schema, name: now.name)
            statements.append("ALTER TABLE \(moved.quoted) RENAME TO \(planned.name.quoted);")
        }
        return statements
    }
}
