import Postgres

extension CatalogSection {
    /// Schemas.
    static let schemas = CatalogSection(
        name: "schemas",
        query: """
            SELECT quote_ident(n.nspname), jsonb_build_object(
                'owner', pg_get_userbyid(n.nspowner),
                'privileges', \(SQL.privileges("n.nspacl")))
            FROM pg_namespace AS n
            WHERE n.oid IN (SELECT oid FROM visible_schema) AND \(SQL.isNoMember("n.oid", of: "pg_namespace"))
            """
    )

    /// Extensions, which stand for all of their members.
    static let extensions = CatalogSection(
        name: "extensions",
        query: """
            SELECT quote_ident(e.extname), \(SQL.row("e", without: "oid,extname,extowner,extnamespace,extconfig"))
                || jsonb_build_object(
                    'owner', pg_get_userbyid(e.extowner),
                    'schema', e.extnamespace::regnamespace::text,
                    'configuration', e.extconfig::regclass[]::text[])
            FROM pg_extension AS e
            """
    )

    /// Tables, views, materialized views, foreign tables, composite types, sequences and indexes, in what they share.
    static let relations = CatalogSection(
        name: "relations",
        query: """
            SELECT \(SQL.identity("c.oid", of: "pg_class")), \(SQL.row("c", without: withoutInRelation))
                || jsonb_build_object(
                    'owner', pg_get_userbyid(c.relowner),
                    'privileges', \(SQL.privileges(
                        // What the owner has anyway is the same whether it is written down or not.
                        "nullif(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", c.relowner))"
                    )),
                    'access method', (SELECT amname FROM pg_am WHERE oid = c.relam),
                    'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
                    'toast options', (SELECT reloptions FROM pg_class WHERE oid = c.reltoastrelid),
                    'of type', (SELECT format_type(oid, NULL) FROM pg_type WHERE oid = c.reloftype),
                    'partitioned by', pg_get_partkeydef(c.oid),
                    'partition bound', pg_get_expr(c.relpartbound, c.oid),
                    'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                    'operators', (SELECT \(SQL.operators("r.ev_action")) FROM pg_rewrite AS r
                                  WHERE r.ev_class = c.oid AND r.rulename = '_RETURN'),
                    'server', (SELECT srvname FROM pg_foreign_server WHERE oid = f.ftserver),
                    'server options', f.ftoptions)
                || jsonb_build_object('inherits', (
                    SELECT jsonb_agg(inhparent::regclass::text
                        || CASE WHEN inhdetachpending THEN ' (detach pending)' ELSE '' END ORDER BY inhseqno)
                    FROM pg_inherits WHERE inhrelid = c.oid))
            FROM pg_class AS c
            JOIN visible_relation USING (oid)
            LEFT JOIN pg_foreign_table AS f ON f.ftrelid = c.oid
            """
    )

    /// Sequences: their parameters, and the column that owns them.
    static let sequences = CatalogSection(
        name: "sequences",
        query: """
            SELECT \(SQL.identity("s.seqrelid", of: "pg_class")), \(SQL.row("s", without: "seqrelid,seqtypid"))
                || jsonb_build_object(
                    'type', format_type(s.seqtypid, NULL),
                    'owned by', (
                        SELECT jsonb_agg(\(SQL.identity("d.refobjid", of: "pg_class", column: "d.refobjsubid"))
                            || CASE d.deptype WHEN 'i' THEN ' (identity)' ELSE '' END ORDER BY d.refobjid)
                        FROM pg_depend AS d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                            AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
            FROM pg_sequence AS s JOIN visible_relation AS c ON c.oid = s.seqrelid
            """
    )

    // relnatts counts dropped columns, and the relhas… flags stay set after what they tell of is gone.
    private static let withoutInRelation: SQL = """
        oid,relname,relnamespace,reltype,reloftype,relowner,relam,relfilenode,reltablespace,relpages,reltuples,\
        relallvisible,relallfrozen,reltoastrelid,relhasindex,relnatts,relhasrules,relhastriggers,relhassubclass,\
        relrewrite,relfrozenxid,relminmxid,relacl,relpartbound
        """
}
