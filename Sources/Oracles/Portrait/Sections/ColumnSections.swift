import Postgres

extension CatalogSection {
    /// Columns, each with everything but its place.
    static let columns = CatalogSection(
        name: "columns",
        query: """
            SELECT \(SQL.identity("a.attrelid", of: "pg_class", column: "a.attnum")),
                \(SQL.row("a", without: withoutInColumn)) || jsonb_build_object(
                    'type', format_type(a.atttypid, a.atttypmod),
                    'collation', nullif(a.attcollation, 0)::regcollation::text,
                    'default', pg_get_expr(d.adbin, d.adrelid),
                    'attoptions', \(SQL.attributeOptions("a")),
                    'privileges', \(SQL.privileges("a.attacl")))
            \(liveColumns)
            LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            """
    )

    /// The order of each relation's columns, apart from them so that it can be left out of a comparison.
    static let columnOrder = CatalogSection(
        name: "column order",
        query: """
            SELECT \(SQL.identity("a.attrelid", of: "pg_class")),
                jsonb_build_object('columns', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
            \(liveColumns)
            GROUP BY a.attrelid
            """
    )

    private static let liveColumns: SQL = """
        FROM pg_attribute AS a
        JOIN visible_relation AS v ON v.oid = a.attrelid
        JOIN pg_class AS c ON c.oid = v.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
            AND a.attnum > 0 AND NOT a.attisdropped
        """

    // What the type gives, and the value that rows from before ADD COLUMN have (a rewrite takes it away).
    private static let withoutInColumn: SQL = """
        attrelid,attname,atttypid,attlen,attnum,attcacheoff,atttypmod,attbyval,attalign,atthasdef,atthasmissing,\
        attisdropped,attcollation,attacl,attmissingval
        """
}
