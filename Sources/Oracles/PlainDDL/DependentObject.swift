import Postgres

/// Something that keeps the server from changing a column's type: how to drop it, and how to make it again.
struct DependentObject {
    let drop: SQL
    let create: SQL

    /// All of a column, those first on which others stand: views, rules, policies, triggers, publications, functions.
    static func all(
        of column: Identifier,
        of table: QualifiedName,
        on connection: Connection
    ) async throws(PostgresError) -> [DependentObject] {
        // Whatever is on the search_path is written without its schema.
        let path: String = try await connection.value("SELECT current_setting('search_path')")
        try await connection.run("SELECT set_config('search_path', '', true)")
        let rows = try await connection.run(query(column, table, connection.serverVersion)).rows
        try await connection.run("SELECT set_config('search_path', \(path), true)")
        return try rows.map { row throws(PostgresError) in
            DependentObject(drop: "\(server: try row["gone"])", create: "\(server: try row["made"])")
        }
    }

    private static func query(_ column: Identifier, _ table: QualifiedName, _ serverVersion: Int) -> Query {
        let publication: SQL = serverVersion >= 15_00_00 ? "UNION ALL \(RecreatedPart.publication)" : ""
        return """
            WITH RECURSIVE edge AS (
                SELECT d.refclassid, d.refobjid, d.refobjsubid,
                    CASE WHEN r.rulename = '_RETURN' THEN 'pg_class'::regclass ELSE d.classid END AS classid,
                    CASE WHEN r.rulename = '_RETURN' THEN r.ev_class ELSE d.objid END AS objid
                FROM pg_depend AS d
                LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
                        'pg_publication_rel'::regclass, 'pg_proc'::regclass)
                    AND NOT (r.rulename IS NOT DISTINCT FROM '_RETURN' AND r.ev_class = d.refobjid)
            ),
            hit AS (
                SELECT e.classid, e.objid, 1 AS level FROM edge AS e
                JOIN pg_attribute AS a ON a.attrelid = e.refobjid AND a.attnum = e.refobjsubid
                WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = \(table.quoted)::regclass
                    AND a.attname = \(column.name)
                UNION ALL
                SELECT e.classid, e.objid, hit.level + 1 FROM hit
                JOIN edge AS e ON e.refclassid = hit.classid AND e.refobjid = hit.objid
                WHERE hit.level < 50 AND hit.classid IN ('pg_class'::regclass, 'pg_proc'::regclass)
                    -- What is on a view goes with it.
                    AND NOT (e.classid = 'pg_trigger'::regclass AND hit.classid = 'pg_class'::regclass)
                    AND (hit.classid <> 'pg_class'::regclass OR NOT EXISTS (
                        SELECT FROM pg_rewrite AS own WHERE e.classid = 'pg_rewrite'::regclass
                            AND own.oid = e.objid AND own.ev_class = hit.objid))
            ),
            object AS (SELECT classid, objid, max(level) AS level FROM hit GROUP BY 1, 2)
            SELECT script.gone, script.made FROM object
            CROSS JOIN LATERAL (
                \(RecreatedView.script(classid: "object.classid", objid: "object.objid"))
                UNION ALL \(RecreatedPart.policy)
                UNION ALL \(RecreatedPart.trigger)
                UNION ALL \(RecreatedPart.rule)
                \(publication)
                UNION ALL \(RecreatedPart.function)
            ) AS script (gone, made)
            ORDER BY object.level, object.classid, object.objid
            """
    }
}
