public import Postgres

/// Schema and contents of a database.
public struct DatabaseState: Hashable, Sendable {
    /// The schema.
    public let portrait: CatalogPortrait
    /// The rows of every table, view and materialized view by its name, in no order, columns in the order of their
    /// names; and where every sequence stands.
    public let rows: [String: [String]]

    /// Reads the database of a connection that is outside of a transaction.
    public static func read(_ connection: Connection) async throws(PostgresError) -> DatabaseState {
        try await read(connection, after: { _ throws(PostgresError) in })
    }

    /// What the database would look like after some statements: they run in a transaction that is rolled back.
    ///
    /// So no copy of the database is needed to see what plain DDL makes of it. Sequences do move.
    ///
    /// - Throws: `PostgresError.server` if one of the statements is refused.
    public static func read(
        _ connection: Connection,
        after statements: (Connection) async throws(PostgresError) -> Void
    ) async throws(PostgresError) -> DatabaseState {
        try await connection.run("BEGIN")
        do {
            try await statements(connection)
            // Names of the rows' types and the like would be written by the search_path.
            let rows = try await contents(connection)
            let portrait = try await CatalogPortrait.read(connection)
            try await connection.run("ROLLBACK", cancellable: false)
            return DatabaseState(portrait: portrait, rows: rows)
        } catch {
            _ = try? await connection.run("ROLLBACK", cancellable: false)
            throw error
        }
    }

    /// What differs from another state, schema first.
    public func differences(from other: DatabaseState) -> [String] {
        let tables = Set(rows.keys).union(other.rows.keys).sorted()
        return portrait.differences(from: other.portrait)
            + tables.filter { rows[$0] != other.rows[$0] }.map {
                "rows of \($0): \(other.rows[$0] ?? []) became \(rows[$0] ?? [])"
            }
    }

    private static func contents(_ connection: Connection) async throws(PostgresError) -> [String: [String]] {
        let relations = try await connection.run(
            """
            SELECT n.nspname, c.relname, c.relkind::text, (
                SELECT coalesce(string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attname COLLATE "C"), '')
                FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v', 'm', 'S') AND c.relispopulated AND n.nspname !~ '^pg_'
              AND n.nspname NOT IN ('information_schema', 'online_change')
              AND NOT EXISTS (SELECT FROM pg_depend AS d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """
        ).rows
        var contents: [String: [String]] = [:]
        for relation in relations {
            let name = QualifiedName(
                schema: Identifier(try relation["nspname"]),
                name: Identifier(try relation["relname"])
            )
            let isSequence = try relation["relkind"] == "S"
            // log_cnt tells how many values are logged ahead, which a checkpoint changes.
            let columns: SQL = isSequence ? "t.last_value, t.is_called" : "\(server: try relation["columns"])"
            let rows = try await connection.run(
                #"SELECT ROW(\#(columns))::text COLLATE "C" AS line FROM \#(name) AS t ORDER BY 1"#
            ).rows
            contents[name.quoted] = try rows.map { row throws(PostgresError) in try row["line"] as String }
        }
        return contents
    }
}
