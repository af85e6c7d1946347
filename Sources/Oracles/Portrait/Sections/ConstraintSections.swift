import Postgres

extension CatalogSection {
    /// Constraints of tables and domains; on PostgreSQL 18 NOT NULL is among them.
    static let constraints = CatalogSection(
        name: "constraints",
        query: """
            SELECT \(SQL.identity("con.oid", of: "pg_constraint")), \(SQL.row("con", without: withoutInConstraint))
                || jsonb_build_object(
                    'definition', pg_get_constraintdef(con.oid),
                    'operators', \(SQL.operators("con.conbin")),
                    'index', nullif(con.conindid, 0)::regclass::text,
                    'parent', \(SQL.identity("nullif(con.conparentid, 0)", of: "pg_constraint")))
                -- Of a key it tells no more than whether it was made with that of a parent: a dump and restore turns it.
                || CASE WHEN con.contype IN ('p', 'u') THEN '{"connoinherit": null}' ELSE '{}' END::jsonb
                -- ADD PRIMARY KEY USING INDEX makes a partition's NOT NULL its own, and a dump and restore turns that.
                || CASE WHEN con.contype = 'n' AND con.coninhcount > 0 AND EXISTS (SELECT FROM pg_index AS i
                      WHERE i.indrelid = con.conrelid AND i.indisprimary AND con.conkey[1] = ANY (i.indkey))
                   THEN '{"conislocal": null}' ELSE '{}' END::jsonb
            FROM pg_constraint AS con
            WHERE con.conrelid IN (SELECT oid FROM visible_relation) OR con.conrelid = 0 AND EXISTS (
                SELECT FROM pg_type AS t
                WHERE t.oid = con.contypid AND \(SQL.isVisible("t.oid", of: "pg_type", in: "t.typnamespace")))
            """
    )

    /// Indexes with the names and statistics targets of their own columns.
    static let indexes = CatalogSection(
        name: "indexes",
        query: """
            SELECT \(SQL.identity("i.indexrelid", of: "pg_class")), \(SQL.row("i", without: withoutInIndex))
                || jsonb_build_object(
                    'table', i.indrelid::regclass::text,
                    'definition', pg_get_indexdef(i.indexrelid),
                    'operators', \(SQL.operators("concat(i.indexprs::text, i.indpred::text)")),
                    'columns', (
                        SELECT jsonb_agg(a.attname || coalesce(' statistics ' || nullif(a.attstattarget, -1), '')
                            || coalesce(' ' || \(SQL.attributeOptions("a"))::text, '') ORDER BY a.attnum)
                        FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid))
            FROM pg_index AS i JOIN visible_relation AS c ON c.oid = i.indexrelid
            """
    )

    private static let withoutInConstraint: SQL = """
        oid,conname,connamespace,conrelid,contypid,conindid,conparentid,confrelid,conkey,confkey,\
        conpfeqop,conppeqop,conffeqop,conexclop,confdelsetcols,conbin
        """

    // indcheckxmin tells how the index was built, and goes away by itself.
    private static let withoutInIndex: SQL = """
        indexrelid,indrelid,indcheckxmin,indkey,indcollation,indclass,indoption,indexprs,indpred
        """
}
