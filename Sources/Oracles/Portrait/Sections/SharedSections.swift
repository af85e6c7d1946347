import Postgres

/// What objects of every kind may have.
extension CatalogSection {
    /// Default privileges.
    static let defaultPrivileges = CatalogSection(
        name: "default privileges",
        query: """
            SELECT \(SQL.identity("d.oid", of: "pg_default_acl")),
                jsonb_build_object('privileges', \(SQL.privileges("d.defaclacl")))
            FROM pg_default_acl AS d
            WHERE d.defaclnamespace = 0 OR d.defaclnamespace IN (SELECT oid FROM visible_schema)
            """
    )

    /// Comments.
    static let comments = CatalogSection(
        name: "comments",
        query: """
            WITH \(HiddenObjects.commonTableExpressions)
            SELECT described.type || ' ' || described.identity, jsonb_build_object('comment', d.description)
            FROM pg_description AS d
            CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) AS described
            WHERE \(isShown(class: "d.classoid", object: "d.objoid"))
            """
    )

    /// Security labels.
    static let securityLabels = CatalogSection(
        name: "security labels",
        query: """
            WITH \(HiddenObjects.commonTableExpressions)
            SELECT described.type || ' ' || described.identity, jsonb_build_object(l.provider, l.label)
            FROM pg_seclabel AS l
            CROSS JOIN LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) AS described
            WHERE \(isShown(class: "l.classoid", object: "l.objoid"))
            """
    )

    /// What depends on what, and how. Members of an extension may be depended on.
    static let dependencies = CatalogSection(
        name: "dependencies",
        query: """
            WITH \(HiddenObjects.commonTableExpressions)
            SELECT dependent.type || ' ' || dependent.identity,
                jsonb_build_object('depends on ' || referenced.type || ' ' || referenced.identity, d.deptype)
            FROM pg_depend AS d
            CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS dependent
            CROSS JOIN LATERAL pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS referenced
            WHERE \(isShown(class: "d.classid", object: "d.objid"))
                AND (d.refclassid, d.refobjid) NOT IN (SELECT classid, objid FROM hidden_object)
            """
    )

    // The schema public was made by initdb, but belongs to the database's users.
    private static func isShown(class catalog: SQL, object: SQL) -> SQL {
        """
        (\(object) >= \(SQL.firstUserOID) OR \(catalog) = 'pg_namespace'::regclass)
            AND (\(catalog), \(object)) NOT IN (SELECT classid, objid FROM hidden_object)
            AND NOT EXISTS (SELECT FROM pg_depend AS member WHERE member.classid = \(catalog)
                AND member.objid = \(object) AND member.deptype = 'e')
        """
    }
}
