import Postgres

extension CatalogSection {
    /// Triggers that a user made, on tables of every kind.
    static let triggers = CatalogSection(
        name: "triggers",
        query: """
            SELECT \(SQL.identity("t.oid", of: "pg_trigger")), jsonb_build_object(
                'definition', pg_get_triggerdef(t.oid),
                'operators', \(SQL.operators("t.tgqual")),
                'enabled', t.tgenabled,
                'parent', \(SQL.identity("nullif(t.tgparentid, 0)", of: "pg_trigger")))
            FROM pg_trigger AS t JOIN visible_relation AS c ON c.oid = t.tgrelid
            WHERE NOT \(SQL.isOfConstraint(trigger: "t"))
            """
    )

    /// Triggers that the server made for constraints. Their names hold oids, so they are counted by what they do.
    static let internalTriggers = CatalogSection(
        name: "internal triggers",
        query: """
            SELECT 'on ' || t.tgrelid::regclass::text || ' for ' || \(SQL.identity("t.tgconstraint", of: "pg_constraint")),
                jsonb_build_object('enabled ' || t.tgenabled::text || ' ' || t.tgfoid::regproc::text, count(*))
            FROM pg_trigger AS t JOIN visible_relation AS c ON c.oid = t.tgrelid
            WHERE \(SQL.isOfConstraint(trigger: "t"))
            GROUP BY t.tgrelid, t.tgconstraint, t.tgenabled, t.tgfoid
            """
    )

    /// Rewrite rules; those of views are told by the views' definitions.
    static let rules = CatalogSection(
        name: "rules",
        query: """
            SELECT \(SQL.identity("r.oid", of: "pg_rewrite")),
                jsonb_build_object('definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled)
            FROM pg_rewrite AS r JOIN visible_relation AS c ON c.oid = r.ev_class
            WHERE r.rulename <> '_RETURN'
            """
    )

    /// Row security policies.
    static let policies = CatalogSection(
        name: "policies",
        query: """
            SELECT \(SQL.identity("p.oid", of: "pg_policy")), jsonb_build_object(
                'command', p.polcmd,
                'permissive', p.polpermissive,
                'roles', ARRAY(
                    SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END
                    FROM unnest(p.polroles) AS role ORDER BY 1),
                'operators', \(SQL.operators("concat(p.polqual::text, p.polwithcheck::text)")),
                'using', pg_get_expr(p.polqual, p.polrelid),
                'with check', pg_get_expr(p.polwithcheck, p.polrelid))
            FROM pg_policy AS p JOIN visible_relation AS c ON c.oid = p.polrelid
            """
    )

    /// Event triggers.
    static let eventTriggers = CatalogSection(
        name: "event triggers",
        query: """
            SELECT quote_ident(e.evtname), jsonb_build_object(
                'event', e.evtevent, 'owner', pg_get_userbyid(e.evtowner),
                'function', e.evtfoid::regprocedure::text, 'enabled', e.evtenabled, 'tags', e.evttags)
            FROM pg_event_trigger AS e WHERE \(SQL.isUsers("e.oid", of: "pg_event_trigger"))
            """
    )
}
