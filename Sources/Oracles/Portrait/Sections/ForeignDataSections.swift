import Postgres

extension CatalogSection {
    /// Foreign-data wrappers.
    static let foreignDataWrappers = CatalogSection(
        name: "foreign-data wrappers",
        query: """
            SELECT quote_ident(w.fdwname), jsonb_build_object(
                'owner', pg_get_userbyid(w.fdwowner),
                'handler', nullif(w.fdwhandler, 0)::regprocedure::text,
                'validator', nullif(w.fdwvalidator, 0)::regprocedure::text,
                'options', w.fdwoptions,
                'privileges', \(SQL.privileges("w.fdwacl")))
            FROM pg_foreign_data_wrapper AS w WHERE \(SQL.isUsers("w.oid", of: "pg_foreign_data_wrapper"))
            """
    )

    /// Foreign servers.
    static let foreignServers = CatalogSection(
        name: "foreign servers",
        query: """
            SELECT quote_ident(s.srvname), \(SQL.row("s", without: "oid,srvname,srvowner,srvfdw,srvacl"))
                || jsonb_build_object(
                    'owner', pg_get_userbyid(s.srvowner),
                    'wrapper', (SELECT fdwname FROM pg_foreign_data_wrapper WHERE oid = s.srvfdw),
                    'privileges', \(SQL.privileges("s.srvacl")))
            FROM pg_foreign_server AS s WHERE \(SQL.isUsers("s.oid", of: "pg_foreign_server"))
            """
    )

    /// User mappings; the server hides the options from those who may not see them.
    static let userMappings = CatalogSection(
        name: "user mappings",
        query: """
            SELECT quote_ident(m.usename) || ' on ' || quote_ident(m.srvname),
                jsonb_build_object('mapped', true, 'options', m.umoptions)
            FROM pg_user_mappings AS m
            """
    )
}
