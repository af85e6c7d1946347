import Postgres

/// Queries that write the statements which drop an object and make it again; each reads `object (classid, objid)`.
enum RecreatedPart {
    static let policy: SQL = """
        SELECT format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass),
            concat_ws('; ',
                format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
                    CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                        WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
                     FROM unnest(p.polroles) AS role),
                    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                    ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
                format('COMMENT ON POLICY %I ON %s IS %L', p.polname, p.polrelid::regclass,
                    obj_description(p.oid, 'pg_policy')))
        FROM pg_policy AS p WHERE object.classid = 'pg_policy'::regclass AND p.oid = object.objid
        """

    static let trigger: SQL = """
        SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass), \(trigger("t"))
        FROM pg_trigger AS t
        WHERE object.classid = 'pg_trigger'::regclass AND t.oid = object.objid AND NOT t.tgisinternal
        """

    static let rule: SQL = """
        SELECT format('DROP RULE %I ON %s', r.rulename, r.ev_class::regclass), \(rule("r"))
        FROM pg_rewrite AS r WHERE object.classid = 'pg_rewrite'::regclass AND r.oid = object.objid
        """

    /// The table's place in a publication, whose filter reads the column or whose list names it (the server
    /// speaks of WHERE either way). PostgreSQL 15 and later.
    static let publication: SQL = """
        SELECT format('ALTER PUBLICATION %I DROP TABLE %s', p.pubname, r.prrelid::regclass),
            format('ALTER PUBLICATION %I ADD TABLE %s%s%s', p.pubname, r.prrelid::regclass,
                (SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                 FROM pg_attribute AS a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
                ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')')
        FROM pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid
        WHERE object.classid = 'pg_publication_rel'::regclass AND r.oid = object.objid
        """

    static let function: SQL = """
        SELECT format('DROP ROUTINE %s', p.oid::regprocedure),
            concat_ws('; ', pg_get_functiondef(p.oid),
                format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, pg_get_userbyid(p.proowner)),
                format('UPDATE pg_proc SET proacl = %L WHERE oid = %L::regprocedure', p.proacl, p.oid::regprocedure),
                format('COMMENT ON ROUTINE %s IS %L', p.oid::regprocedure, obj_description(p.oid, 'pg_proc')))
        FROM pg_proc AS p WHERE object.classid = 'pg_proc'::regclass AND p.oid = object.objid
        """

    /// Statements for a row of pg_trigger.
    static func trigger(_ alias: SQL) -> SQL {
        """
        concat_ws('; ', pg_get_triggerdef(\(alias).oid),
            CASE WHEN \(alias).tgenabled <> 'O' THEN format('ALTER TABLE %s %s TRIGGER %I', \(alias).tgrelid::regclass,
                \(state("\(alias).tgenabled")), \(alias).tgname) END,
            format('COMMENT ON TRIGGER %I ON %s IS %L', \(alias).tgname, \(alias).tgrelid::regclass,
                obj_description(\(alias).oid, 'pg_trigger')))
        """
    }

    /// Statements for a row of pg_rewrite.
    static func rule(_ alias: SQL) -> SQL {
        """
        concat_ws('; ', rtrim(pg_get_ruledef(\(alias).oid), ';'),
            CASE WHEN \(alias).ev_enabled <> 'O' THEN format('ALTER TABLE %s %s RULE %I', \(alias).ev_class::regclass,
                \(state("\(alias).ev_enabled")), \(alias).rulename) END,
            format('COMMENT ON RULE %I ON %s IS %L', \(alias).rulename, \(alias).ev_class::regclass,
                obj_description(\(alias).oid, 'pg_rewrite')))
        """
    }

    private static func state(_ letter: SQL) -> SQL {
        "CASE \(letter) WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END"
    }
}
