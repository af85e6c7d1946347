import Postgres

extension CatalogSection {
    /// Text search configurations with the dictionaries of every token type.
    static let textSearchConfigurations = CatalogSection(
        name: "text search configurations",
        query: """
            SELECT \(SQL.identity("c.oid", of: "pg_ts_config")), jsonb_build_object(
                'owner', pg_get_userbyid(c.cfgowner),
                'parser', \(SQL.identity("c.cfgparser", of: "pg_ts_parser")),
                'mapping', (
                    SELECT jsonb_agg(maptokentype || ' ' || mapdict::regdictionary::text ORDER BY maptokentype, mapseqno)
                    FROM pg_ts_config_map WHERE mapcfg = c.oid))
            FROM pg_ts_config AS c WHERE \(SQL.isVisible("c.oid", of: "pg_ts_config", in: "c.cfgnamespace"))
            """
    )

    /// Text search dictionaries.
    static let textSearchDictionaries = CatalogSection(
        name: "text search dictionaries",
        query: """
            SELECT \(SQL.identity("d.oid", of: "pg_ts_dict")), jsonb_build_object(
                'owner', pg_get_userbyid(d.dictowner),
                'template', \(SQL.identity("d.dicttemplate", of: "pg_ts_template")),
                'options', d.dictinitoption)
            FROM pg_ts_dict AS d WHERE \(SQL.isVisible("d.oid", of: "pg_ts_dict", in: "d.dictnamespace"))
            """
    )

    /// Text search parsers.
    static let textSearchParsers = CatalogSection(
        name: "text search parsers",
        query: """
            SELECT \(SQL.identity("p.oid", of: "pg_ts_parser")),
                \(SQL.row("p", without: "oid,prsname,prsnamespace"))
            FROM pg_ts_parser AS p WHERE \(SQL.isVisible("p.oid", of: "pg_ts_parser", in: "p.prsnamespace"))
            """
    )

    /// Text search templates.
    static let textSearchTemplates = CatalogSection(
        name: "text search templates",
        query: """
            SELECT \(SQL.identity("t.oid", of: "pg_ts_template")),
                \(SQL.row("t", without: "oid,tmplname,tmplnamespace"))
            FROM pg_ts_template AS t WHERE \(SQL.isVisible("t.oid", of: "pg_ts_template", in: "t.tmplnamespace"))
            """
    )
}
