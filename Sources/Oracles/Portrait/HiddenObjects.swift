import Postgres

/// The objects that a portrait doesn't show, for the sections that walk over objects of every kind.
enum HiddenObjects {
    /// Common table expressions that end with `hidden_object (classid, objid)`; they follow those of `CatalogScope`.
    static var commonTableExpressions: SQL {
        let parts = schemaObjects.map { catalog, schema -> SQL in
            """
            SELECT '\(catalog)'::regclass, o.oid FROM \(catalog) AS o
            WHERE o.oid >= \(SQL.firstUserOID) AND o.\(schema) IN (SELECT oid FROM hidden_schema)
            """
        }
        return """
            hidden_schema AS (
                SELECT oid FROM pg_namespace WHERE oid NOT IN (SELECT oid FROM visible_schema)
            ),
            hidden_in_schema (classid, objid) AS (
                SELECT 'pg_namespace'::regclass, oid FROM hidden_schema
                UNION ALL \(SQL.joined(parts, separator: "\nUNION ALL "))
            ),
            hidden_object (classid, objid) AS (
                SELECT classid, objid FROM hidden_in_schema
                UNION ALL
                SELECT part.classid, part.oid FROM (
                    SELECT 'pg_trigger'::regclass, oid, tgrelid, \(SQL.isOfConstraint(trigger: "t")) FROM pg_trigger AS t
                    UNION ALL SELECT 'pg_rewrite'::regclass, oid, ev_class, false FROM pg_rewrite
                    UNION ALL SELECT 'pg_attrdef'::regclass, oid, adrelid, false FROM pg_attrdef
                    UNION ALL SELECT 'pg_policy'::regclass, oid, polrelid, false FROM pg_policy
                    UNION ALL SELECT 'pg_publication_rel'::regclass, oid, prrelid, false FROM pg_publication_rel
                ) AS part (classid, oid, relation, of_constraint)
                WHERE part.oid >= \(SQL.firstUserOID) AND (part.of_constraint
                    OR part.relation IN (SELECT objid FROM hidden_in_schema WHERE classid = 'pg_class'::regclass))
            )
            """
    }

    /// The catalogs whose objects live in a schema, with the column that says in which.
    private static let schemaObjects: [(catalog: SQL, schema: SQL)] = [
        ("pg_class", "relnamespace"), ("pg_type", "typnamespace"), ("pg_proc", "pronamespace"),
        ("pg_constraint", "connamespace"), ("pg_statistic_ext", "stxnamespace"),
        ("pg_operator", "oprnamespace"), ("pg_opclass", "opcnamespace"), ("pg_opfamily", "opfnamespace"),
        ("pg_collation", "collnamespace"), ("pg_conversion", "connamespace"), ("pg_default_acl", "defaclnamespace"),
        ("pg_ts_config", "cfgnamespace"), ("pg_ts_dict", "dictnamespace"),
        ("pg_ts_parser", "prsnamespace"), ("pg_ts_template", "tmplnamespace"),
    ]
}
