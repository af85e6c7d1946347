import Postgres

/// A view or materialized view with everything on it.
enum RecreatedView {
    /// The statements for the view that the two columns name, if they name one.
    static func script(classid: SQL, objid: SQL) -> SQL {
        """
        SELECT format('DROP %s %s', \(kind), v.oid::regclass),
            concat_ws('; ',
                format('CREATE %s %s%s AS %s%s', \(kind), v.oid::regclass,
                    ' WITH (' || array_to_string(v.reloptions, ', ') || ')', rtrim(pg_get_viewdef(v.oid), ';'),
                    CASE WHEN v.relkind = 'm' AND NOT v.relispopulated THEN ' WITH NO DATA' END),
                format('ALTER %s %s OWNER TO %I', \(kind), v.oid::regclass, pg_get_userbyid(v.relowner)),
                format('COMMENT ON %s %s IS %L', \(kind), v.oid::regclass, obj_description(v.oid, 'pg_class')),
                format('UPDATE pg_class SET relacl = %L WHERE oid = %L::regclass', v.relacl, v.oid::regclass),
                (SELECT string_agg(\(column), '; ' ORDER BY a.attnum) FROM pg_attribute AS a
                 LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = v.oid AND a.attnum > 0),
                (SELECT string_agg(concat_ws('; ', pg_get_indexdef(i.indexrelid),
                        format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass,
                            obj_description(i.indexrelid, 'pg_class'))), '; ')
                 FROM pg_index AS i WHERE i.indrelid = v.oid),
                (SELECT string_agg(\(RecreatedPart.trigger("t")), '; ') FROM pg_trigger AS t
                 WHERE t.tgrelid = v.oid AND NOT t.tgisinternal),
                (SELECT string_agg(\(RecreatedPart.rule("r")), '; ') FROM pg_rewrite AS r
                 WHERE r.ev_class = v.oid AND r.rulename <> '_RETURN'))
        FROM pg_class AS v WHERE \(classid) = 'pg_class'::regclass AND v.oid = \(objid) AND v.relkind IN ('v', 'm')
        """
    }

    private static let kind: SQL = "CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END"

    /// What a column of the view has of its own.
    private static let column: SQL = """
        concat_ws('; ',
            format('UPDATE pg_attribute SET attacl = %L WHERE attrelid = %L::regclass AND attname = %L',
                a.attacl, v.oid::regclass, a.attname),
            format('COMMENT ON COLUMN %s.%I IS %L', v.oid::regclass, a.attname, col_description(v.oid, a.attnum)),
            'ALTER VIEW ' || v.oid::regclass || ' ALTER ' || quote_ident(a.attname) || ' SET DEFAULT '
                || pg_get_expr(d.adbin, d.adrelid))
        """
}
