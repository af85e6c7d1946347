import Postgres

extension CatalogSection {
    /// Publications.
    static let publications = CatalogSection(
        name: "publications",
        query: """
            SELECT quote_ident(p.pubname), \(SQL.row("p", without: "oid,pubname,pubowner"))
                || jsonb_build_object('owner', pg_get_userbyid(p.pubowner))
            FROM pg_publication AS p WHERE \(SQL.isUsers("p.oid", of: "pg_publication"))
            """
    )

    /// The tables of publications, from PostgreSQL 15 on with their columns and filters.
    static func publishedTables(serverVersion: Int) -> CatalogSection {
        let details: SQL = """
            'columns', CASE WHEN r.prattrs IS NOT NULL THEN \(SQL.columnNames("r.prattrs::int2[]", of: "r.prrelid")) END,
            'filter', pg_get_expr(r.prqual, r.prrelid),
            """
        return CatalogSection(
            name: "published tables",
            query: """
                SELECT \(SQL.identity("r.oid", of: "pg_publication_rel")),
                    jsonb_build_object(\(serverVersion >= 150_000 ? details : "") 'published', true)
                FROM pg_publication_rel AS r JOIN visible_relation AS c ON c.oid = r.prrelid
                """
        )
    }

    /// The schemas of publications (PostgreSQL 15 and later).
    static let publishedSchemas = CatalogSection(
        name: "published schemas",
        query: """
            SELECT \(SQL.identity("n.oid", of: "pg_publication_namespace")), jsonb_build_object('published', true)
            FROM pg_publication_namespace AS n WHERE n.pnnspid IN (SELECT oid FROM visible_schema)
            """
    )

    /// Subscriptions, in the columns that everyone may read.
    static let subscriptions = CatalogSection(
        name: "subscriptions",
        query: """
            SELECT quote_ident(s.subname), jsonb_build_object(
                'owner', pg_get_userbyid(s.subowner), 'enabled', s.subenabled, 'binary', s.subbinary,
                'streaming', s.substream, 'slot', s.subslotname, 'synchronous commit', s.subsynccommit,
                'publications', s.subpublications)
            FROM pg_subscription AS s
            WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
    )
}
