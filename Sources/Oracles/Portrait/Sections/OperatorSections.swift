import Postgres

extension CatalogSection {
    /// Operators.
    static let operators = CatalogSection(
        name: "operators",
        query: """
            SELECT \(SQL.identity("o.oid", of: "pg_operator")), jsonb_build_object(
                'owner', pg_get_userbyid(o.oprowner), 'merges', o.oprcanmerge, 'hashes', o.oprcanhash,
                'result', format_type(o.oprresult, NULL), 'function', o.oprcode::regprocedure::text,
                'commutator', nullif(o.oprcom, 0)::regoperator::text,
                'negator', nullif(o.oprnegate, 0)::regoperator::text,
                'restriction', o.oprrest, 'join', o.oprjoin)
            FROM pg_operator AS o WHERE \(SQL.isVisible("o.oid", of: "pg_operator", in: "o.oprnamespace"))
            """
    )

    /// Operator classes.
    static let operatorClasses = CatalogSection(
        name: "operator classes",
        query: """
            SELECT \(SQL.identity("o.oid", of: "pg_opclass")), jsonb_build_object(
                'owner', pg_get_userbyid(o.opcowner), 'default', o.opcdefault,
                'family', \(SQL.identity("o.opcfamily", of: "pg_opfamily")),
                'type', format_type(o.opcintype, NULL),
                'storage', format_type(nullif(o.opckeytype, 0), NULL))
            FROM pg_opclass AS o WHERE \(SQL.isVisible("o.oid", of: "pg_opclass", in: "o.opcnamespace"))
            """
    )

    /// Operator families.
    static let operatorFamilies = CatalogSection(
        name: "operator families",
        query: """
            SELECT \(SQL.identity("o.oid", of: "pg_opfamily")),
                jsonb_build_object('owner', pg_get_userbyid(o.opfowner))
            FROM pg_opfamily AS o WHERE \(SQL.isVisible("o.oid", of: "pg_opfamily", in: "o.opfnamespace"))
            """
    )

    /// The operators and functions of operator families.
    static let operatorFamilyMembers = CatalogSection(
        name: "operator family members",
        query: """
            SELECT \(SQL.identity("o.oid", of: "pg_amop")), jsonb_build_object(
                'operator', o.amopopr::regoperator::text, 'purpose', o.amoppurpose,
                'sort family', \(SQL.identity("nullif(o.amopsortfamily, 0)", of: "pg_opfamily")))
            FROM pg_amop AS o WHERE \(SQL.isUsers("o.oid", of: "pg_amop")) AND \(SQL.isNoMember("o.amopfamily", of: "pg_opfamily"))
            UNION ALL
            SELECT \(SQL.identity("p.oid", of: "pg_amproc")),
                jsonb_build_object('function', p.amproc::regprocedure::text)
            FROM pg_amproc AS p WHERE \(SQL.isUsers("p.oid", of: "pg_amproc")) AND \(SQL.isNoMember("p.amprocfamily", of: "pg_opfamily"))
            """
    )

    /// Access methods of tables and indexes.
    static let accessMethods = CatalogSection(
        name: "access methods",
        query: """
            SELECT quote_ident(m.amname), jsonb_build_object('handler', m.amhandler, 'type', m.amtype)
            FROM pg_am AS m WHERE \(SQL.isUsers("m.oid", of: "pg_am"))
            """
    )
}
