import Postgres

extension CatalogSection {
    /// Extended statistics. The server keeps their columns by number, so the order of names is no property of theirs.
    static let statistics = CatalogSection(
        name: "statistics",
        query: """
            SELECT \(SQL.identity("s.oid", of: "pg_statistic_ext")),
                \(SQL.row("s", without: "oid,stxrelid,stxname,stxnamespace,stxowner,stxkeys,stxexprs"))
                || jsonb_build_object(
                    'owner', pg_get_userbyid(s.stxowner),
                    'table', s.stxrelid::regclass::text,
                    'columns', \(SQL.columnNames("s.stxkeys::int2[]", of: "s.stxrelid")),
                    'expressions', pg_get_statisticsobjdef_expressions(s.oid))
            FROM pg_statistic_ext AS s
            WHERE \(SQL.isVisible("s.oid", of: "pg_statistic_ext", in: "s.stxnamespace"))
            """
    )
}
