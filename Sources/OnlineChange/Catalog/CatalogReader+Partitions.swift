import Postgres

extension CatalogReader {
    /// The oids of the relation `c` and of every partition beneath it. A plain table is no partition tree to the server.
    static let tree: SQL = "(SELECT relid::oid FROM pg_partition_tree(c.oid) UNION SELECT c.oid)"

    /// A column's number in the partition, as the number of the column of that name in `c`: the two may differ.
    static func number(of attribute: SQL, in relation: SQL) -> SQL {
        """
        (SELECT ra.attnum::int FROM pg_attribute la JOIN pg_attribute ra ON ra.attrelid = c.oid AND ra.attname = la.attname
         WHERE la.attrelid = \(relation) AND la.attnum = \(attribute))
        """
    }

    static let partitions: SQL = """
        coalesce((SELECT json_agg(json_build_object(
            'oid', pc.oid::bigint, 'name', json_build_object('schema', pn.nspname, 'name', pc.relname),
            'kind', pc.relkind, 'owner', pg_get_userbyid(pc.relowner),
            'ownerCanCreate', has_schema_privilege(pc.relowner, pn.oid, 'CREATE'),
            'keyColumns', (SELECT coalesce(json_agg(a.attname), '[]'::json) FROM pg_attribute a
                WHERE a.attrelid = pc.oid AND a.attnum > 0 AND (a.attnum = ANY (pt.partattrs::smallint[])
                  OR pt.partrelid IS NOT NULL AND EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = pc.oid AND d.objsubid = a.attnum
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = pc.oid AND d.refobjsubid = 0
                      AND d.deptype = 'i'))),
            'notNullColumns', (SELECT coalesce(json_agg(a.attname), '[]'::json) FROM pg_attribute a
                WHERE a.attrelid = pc.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped),
            'generatedColumns', (SELECT coalesce(json_agg(a.attname), '[]'::json) FROM pg_attribute a
                WHERE a.attrelid = pc.oid AND a.attnum > 0 AND a.attgenerated <> '' AND NOT a.attisdropped),
            'triggers', (SELECT coalesce(json_agg(json_build_object('name', g.tgname, 'enabled', g.tgenabled,
                'isClone', g.tgparentid <> 0, 'type', g.tgtype,
                'updateOf', (SELECT coalesce(json_agg(ua.attname), '[]'::json) FROM pg_attribute ua
                    WHERE ua.attrelid = g.tgrelid AND ua.attnum = ANY (g.tgattr::smallint[])))), '[]'::json)
                FROM pg_trigger g
                WHERE g.tgrelid = pc.oid AND (NOT g.tgisinternal OR g.tgparentid <> 0 AND g.tgconstraint = 0)),
            'grants', (SELECT coalesce(json_agg(json_build_object('column', a.attname, 'grant', json_build_object(
                'privilege', g.privilege_type, 'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
                'isGrantable', g.is_grantable))), '[]'::json)
                FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) g
                WHERE a.attrelid = pc.oid AND a.attnum > 0 AND NOT a.attisdropped)
          ) ORDER BY pt_tree.level, pc.oid)
          FROM pg_partition_tree(c.oid) pt_tree JOIN pg_class pc ON pc.oid = pt_tree.relid
          JOIN pg_namespace pn ON pn.oid = pc.relnamespace
          LEFT JOIN pg_partitioned_table pt ON pt.partrelid = pc.oid
          WHERE c.relkind = 'p'), '[]'::json)
        """

    /// Partitions that have an index of their own, no part of an index of their parent, that reads the column.
    func partitionsWithOwnIndexes(of table: UInt32, on column: Identifier) async throws -> [UInt32] {
        try await session.run(
            """
            SELECT DISTINCT i.indrelid AS relation
            FROM pg_partition_tree(\(table)::oid::regclass) t JOIN pg_index i ON i.indrelid = t.relid
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = \(column.name)
            WHERE t.level > 0 AND i.indisvalid
              AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)
              AND (a.attnum = ANY (i.indkey::smallint[])
                   OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
            ORDER BY 1
            """
        ).rows.map { try $0["relation"] }
    }
}
