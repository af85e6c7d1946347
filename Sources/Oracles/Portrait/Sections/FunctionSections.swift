import Postgres

extension CatalogSection {
    /// Functions, procedures and window functions.
    static let functions = CatalogSection(
        name: "functions",
        query: """
            SELECT \(SQL.identity("p.oid", of: "pg_proc")), jsonb_build_object(
                'definition', pg_get_functiondef(p.oid),
                'owner', pg_get_userbyid(p.proowner),
                'privileges', \(SQL.privileges("p.proacl")))
            FROM pg_proc AS p
            WHERE \(SQL.isVisible("p.oid", of: "pg_proc", in: "p.pronamespace")) AND p.prokind <> 'a'
            """
    )

    /// Aggregates.
    static let aggregates = CatalogSection(
        name: "aggregates",
        query: """
            SELECT \(SQL.identity("p.oid", of: "pg_proc")),
                \(SQL.row("a", without: "aggfnoid,aggsortop,aggtranstype,aggmtranstype")) || jsonb_build_object(
                    'arguments', pg_get_function_arguments(p.oid),
                    'result', pg_get_function_result(p.oid),
                    'parallel', p.proparallel,
                    'sort operator', nullif(a.aggsortop, 0)::regoperator::text,
                    'state', format_type(a.aggtranstype, NULL),
                    'moving state', format_type(nullif(a.aggmtranstype, 0), NULL),
                    'owner', pg_get_userbyid(p.proowner),
                    'privileges', \(SQL.privileges("p.proacl")))
            FROM pg_proc AS p JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
            WHERE \(SQL.isVisible("p.oid", of: "pg_proc", in: "p.pronamespace"))
            """
    )

    /// Procedural languages.
    static let languages = CatalogSection(
        name: "languages",
        query: """
            SELECT quote_ident(l.lanname), jsonb_build_object(
                'owner', pg_get_userbyid(l.lanowner), 'trusted', l.lanpltrusted,
                'handler', nullif(l.lanplcallfoid, 0)::regprocedure::text,
                'inline', nullif(l.laninline, 0)::regprocedure::text,
                'validator', nullif(l.lanvalidator, 0)::regprocedure::text,
                'privileges', \(SQL.privileges("l.lanacl")))
            FROM pg_language AS l WHERE \(SQL.isUsers("l.oid", of: "pg_language"))
            """
    )
}
