import Postgres

/// Reads `pg_stat_statements`: which statements were run, by whom and how often.
struct StatementStatistics: Sendable {
    let session: Session

    /// A statement as the statistics have it.
    struct Entry: Hashable, Sendable {
        let role: String
        let roleOID: UInt32
        let id: Int
        let calls: Int
        let query: String
        /// Whether its own statistics begin after swap.
        let isSinceSwap: Bool

        /// What tells it from others.
        struct Key: Hashable {
            let role: UInt32
            let id: Int
        }

        var key: Key { Key(role: roleOID, id: id) }
    }

    /// What was read.
    struct Reading: Sendable {
        var entries: [Entry] = []
        var since: String?
        var isSinceSwap = false
        var hidden = 0
    }

    /// Why there is nothing to read.
    struct Missing: Error {
        let problem: String
        let remedy: String
    }

    /// Statements of this database with one of the names in them, or with a `*` and a table's name; those of our own
    /// sessions left out.
    ///
    /// - Throws: `Missing` if the server collects none, or this role may not read them.
    func read(_ columns: [LegacyColumn], swappedAt: String?) async throws -> Reading {
        let view = try await view()
        let info = QualifiedName(schema: view.schema, name: "pg_stat_statements_info")
        let facts = try await session.run(
            """
            SELECT to_regclass(\(info.quoted)) IS NOT NULL AS knows_reset,
                   EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(\(view.quoted))
                           AND attname = 'stats_since') AS dates_each
            """
        ).rows[0]
        var reading = Reading()
        do {
            if try facts["knows_reset"] {
                let row = try await session.run(
                    """
                    SELECT to_char(stats_reset, 'YYYY-MM-DD HH24:MI:SS TZ') AS since,
                           coalesce(stats_reset >= \(swappedAt)::timestamptz, false) AS is_since_swap FROM \(info)
                    """
                ).rows[0]
                reading.since = try row["since"]
                reading.isSinceSwap = try row["is_since_swap"]
            }
            let age: SQL = try facts["dates_each"] ? "s.stats_since" : "NULL::timestamptz"
            let rows = try await session.run(
                """
                SELECT s.userid, coalesce(r.rolname, s.userid::text) AS role, s.queryid, sum(s.calls)::bigint AS calls,
                       min(s.query) AS query,
                       coalesce(min(\(age)) >= \(swappedAt)::timestamptz, \(reading.isSinceSwap)) AS is_since_swap,
                       bool_or(s.queryid IS NULL) AS is_hidden
                FROM \(view) s LEFT JOIN pg_roles r ON r.oid = s.userid
                WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (s.queryid IS NULL OR \(Self.mayBeAbout(columns)) AND \(Self.isNotOurs))
                GROUP BY s.userid, r.rolname, s.queryid ORDER BY 4 DESC
                """
            ).rows
            for row in rows {
                guard try !(row["is_hidden"] as Bool) else {
                    reading.hidden += 1
                    continue
                }
                reading.entries.append(
                    Entry(
                        role: try row["role"],
                        roleOID: try row["userid"],
                        id: try row["queryid"],
                        calls: try row["calls"],
                        query: try row["query"],
                        isSinceSwap: try row["is_since_swap"]
                    )
                )
            }
        } catch let error as PostgresError where error.state == "55000" {
            throw Missing(problem: "pg_stat_statements is not loaded", remedy: Self.loading)
        } catch let error as PostgresError where error.state == .insufficientPrivilege {
            throw Missing(
                problem: "this role may not read pg_stat_statements",
                remedy:
                    "GRANT USAGE ON SCHEMA \(view.schema.quoted) and GRANT SELECT ON \(view.quoted), or GRANT pg_monitor."
            )
        }
        return reading
    }

    private static let loading = """
        Add pg_stat_statements to shared_preload_libraries, restart the server, then CREATE EXTENSION pg_stat_statements;
        """

    private func view() async throws -> QualifiedName {
        let row = try await session.run(
            """
            SELECT (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_stat_statements') AS schema,
                   current_setting('pg_stat_statements.max', true) IS NOT NULL AS is_loaded
            """
        ).rows[0]
        if let schema: String = try row["schema"] {
            return QualifiedName(schema: Identifier(schema), name: "pg_stat_statements")
        }
        throw try row["is_loaded"]
            ? Missing(
                problem: "the extension pg_stat_statements is not in this database",
                remedy: "CREATE EXTENSION pg_stat_statements;"
            ) : Missing(problem: "pg_stat_statements is not loaded", remedy: Self.loading)
    }

    /// The server narrows it down; the tokens and the server's parser decide.
    private static func mayBeAbout(_ columns: [LegacyColumn]) -> SQL {
        let each = columns.map { column -> SQL in
            let relations = SQL.joined(column.relations.map { "\(literal: $0.name.lowercased())" })
            return """
                (strpos(lower(s.query), \(literal: column.name.name.lowercased())) > 0 OR strpos(s.query, '*') > 0)
                  AND EXISTS (SELECT FROM unnest(ARRAY[\(relations)]::text[]) n WHERE strpos(lower(s.query), n) > 0)
                """
        }
        return "(\(SQL.joined(each, separator: " OR ")))"
    }

    /// Batches and comparisons of ours name the ledger, or read by blocks.
    private static let isNotOurs: SQL =
        "strpos(s.query, 'online_change') = 0 AND s.query !~ 't\\.ctid >= .*t\\.ctid < '"
}

/// The search_path of each role.
struct SearchPaths: Sendable {
    /// Whose setting it is; role 0 is every role.
    struct Place: Hashable, Sendable {
        let role: UInt32
        let isHere: Bool
    }

    let fallback: String
    var given: [Place: String] = [:]

    /// Reads them as far as the catalog tells: what roles and databases have been given, else the one of this login.
    static func read(_ session: Session) async throws -> SearchPaths {
        var paths = SearchPaths(fallback: session.loginPath)
        for setting in try await RoleSetting.all(session) where setting.name == "search_path" {
            paths.given[Place(role: setting.roleOID, isHere: setting.isHere)] = setting.value
        }
        return paths
    }

    /// The path of a role, with its own schema where the path has `$user`.
    func path(of role: UInt32, called name: String) -> String {
        let places = [Place(role: role, isHere: true), Place(role: role, isHere: false), Place(role: 0, isHere: true)]
        let path = places.lazy.compactMap { given[$0] }.first ?? fallback
        let own = Identifier(name).quoted
        return path.replacing("\"$user\"", with: own).replacing("$user", with: own)
    }
}
