public import Postgres

/// Schema and contents of a database.
public struct DatabaseState: Hashable, Sendable {
    /// The schema.
    public let portrait: CatalogPortrait
    /// The rows of every table, view and materialized view by its name, in no order, columns in the order of their
    /// names.
    public let rows: [String: [String]]
    /// Where every sequence stands.
    public let sequences: [String: [String]]

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
            let rows = try await contents(connection, kinds: ["r", "v", "m"]) { row throws(PostgresError) in
                "\(server: try row["columns"])"
            }
            // log_cnt tells how many values are logged ahead, which a checkpoint changes.
            let sequences = try await contents(connection, kinds: ["S"]) { _ in "t.last_value, t.is_called" }
            let portrait = try await CatalogPortrait.read(connection)
            try await connection.run("ROLLBACK", cancellable: false)
            return DatabaseState(portrait: portrait, rows: rows, sequences: sequences)
        } catch {
            _ = try? await connection.run("ROLLBACK", cancellable: false)
            throw error
        }
    }

    /// What differs from another state, schema first.
    ///
    /// - Parameters:
    ///   - ignoringColumnOrder: whether the places of columns within their tables don't count.
    ///   - ignoringSequences: whether the places of sequences don't.
    public func differences(
        from other: DatabaseState,
        ignoringColumnOrder: Bool = false,
        ignoringSequences: Bool = false
    ) -> [String] {
        portrait.differences(from: other.portrait, ignoringColumnOrder: ignoringColumnOrder)
            + Self.changes(from: other.rows, to: rows, "rows")
            + (ignoringSequences ? [] : Self.changes(from: other.sequences, to: sequences, "position"))
    }

    private static func changes(
        from before: [String: [String]],
        to after: [String: [String]],
        _ what: String
    ) -> [String] {
        Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }
            .map { "\(what) of \($0): \(before[$0] ?? []) became \(after[$0] ?? [])" }
    }

    private static func contents(
        _ connection: Connection,
        kinds: [String],
        columns: (Row) throws(PostgresError) -> SQL
    ) async throws(PostgresError) -> [String: [String]] {
        let relations = try await connection.run(
            """
            SELECT n.nspname, c.relname, (
                SELECT coalesce(string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attname COLLATE "C"), '')
                FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind = ANY (\(kinds)::"char"[]) AND c.relispopulated AND n.nspname !~ '^pg_'
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
            let rows = try await connection.run(
                #"SELECT ROW(\#(try columns(relation)))::text COLLATE "C" AS line FROM \#(name) AS t ORDER BY 1"#
            ).rows
            contents[name.quoted] = try rows.map { row throws(PostgresError) in try row["line"] as String }
        }
        return contents
    }
}
