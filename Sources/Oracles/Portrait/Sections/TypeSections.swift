import Postgres

extension CatalogSection {
    /// Types: base, composite, domain, enum and range. Arrays and the row types of tables follow from others.
    static let types = CatalogSection(
        name: "types",
        query: """
            SELECT \(SQL.identity("t.oid", of: "pg_type")), \(SQL.row("t", without: withoutInType))
                || jsonb_build_object(
                    'owner', pg_get_userbyid(t.typowner),
                    'privileges', \(SQL.privileges("t.typacl")),
                    'base type', format_type(nullif(t.typbasetype, 0), t.typtypmod),
                    'element', format_type(nullif(t.typelem, 0), NULL),
                    'collation', nullif(t.typcollation, 0)::regcollation::text,
                    'labels', (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
                || coalesce((
                    SELECT jsonb_build_object(
                        'range of', format_type(r.rngsubtype, NULL),
                        'multirange', format_type(r.rngmultitypid, NULL),
                        'range collation', nullif(r.rngcollation, 0)::regcollation::text,
                        'range operator class', \(SQL.identity("r.rngsubopc", of: "pg_opclass")),
                        'canonical', r.rngcanonical, 'difference', r.rngsubdiff)
                    FROM pg_range AS r WHERE r.rngtypid = t.oid), '{}')
            FROM pg_type AS t
            WHERE \(SQL.isVisible("t.oid", of: "pg_type", in: "t.typnamespace"))
                AND t.typcategory <> 'A'
                AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class WHERE oid = t.typrelid AND relkind = 'c'))
            """
    )

    /// Collations.
    static let collations = CatalogSection(
        name: "collations",
        query: """
            SELECT \(SQL.identity("c.oid", of: "pg_collation")),
                \(SQL.row("c", without: "oid,collname,collnamespace,collowner"))
                || jsonb_build_object('owner', pg_get_userbyid(c.collowner))
            FROM pg_collation AS c WHERE \(SQL.isVisible("c.oid", of: "pg_collation", in: "c.collnamespace"))
            """
    )

    /// Casts.
    static let casts = CatalogSection(
        name: "casts",
        query: """
            SELECT \(SQL.identity("c.oid", of: "pg_cast")), jsonb_build_object(
                'function', nullif(c.castfunc, 0)::regprocedure::text,
                'context', c.castcontext, 'method', c.castmethod)
            FROM pg_cast AS c WHERE \(SQL.isUsers("c.oid", of: "pg_cast"))
            """
    )

    /// Transforms.
    static let transforms = CatalogSection(
        name: "transforms",
        query: """
            SELECT \(SQL.identity("t.oid", of: "pg_transform")), jsonb_build_object(
                'from SQL', t.trffromsql::regprocedure::text, 'to SQL', t.trftosql::regprocedure::text)
            FROM pg_transform AS t WHERE \(SQL.isUsers("t.oid", of: "pg_transform"))
            """
    )

    /// Encoding conversions.
    static let conversions = CatalogSection(
        name: "conversions",
        query: """
            SELECT \(SQL.identity("c.oid", of: "pg_conversion")),
                \(SQL.row("c", without: "oid,conname,connamespace,conowner"))
                || jsonb_build_object('owner', pg_get_userbyid(c.conowner))
            FROM pg_conversion AS c WHERE \(SQL.isVisible("c.oid", of: "pg_conversion", in: "c.connamespace"))
            """
    )

    private static let withoutInType: SQL = """
        oid,typname,typnamespace,typowner,typrelid,typelem,typarray,typbasetype,typtypmod,typcollation,\
        typdefaultbin,typacl
        """
}
