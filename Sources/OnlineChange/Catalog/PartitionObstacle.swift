import Postgres

/// Something on a partition's column, or a foreign key of partitioned tables, that can't be carried to another column.
struct PartitionObstacle: Codable, Hashable, Sendable {
    /// As the server describes it, or the partition's column.
    let object: String
    let kind: Kind

    enum Kind: String, Codable, Sendable {
        /// It depends on the partition's column, and comes from no parent.
        case own
        /// NOT NULL of the partition alone.
        case notNull
        /// A default that isn't the table's.
        case defaultValue
        /// An index of a partitioned table that lacks parts.
        case incomplete
        /// A part of an index with other options than the index.
        case unlike
        /// A foreign key from or to a partitioned table.
        case foreignKey
    }
}

extension CatalogReader {
    /// What stands in the way of carrying all that hangs on a column of a table, and of its partitions, to another.
    ///
    /// Whatever depends on a partition's column and comes from no parent counts: what isn't known here is named, not lost.
    func partitionObstacles(of table: UInt32, on column: Identifier) async throws -> [PartitionObstacle] {
        try await session.run(
            """
            WITH own AS (
              SELECT t.relid AS relation, t.level, a.attnum AS number, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS expression,
                d.oid AS attrdef
              FROM (SELECT relid::oid, level FROM pg_partition_tree(\(table)::oid::regclass)
                    UNION SELECT \(table)::oid, 0) AS t(relid, level)
              JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(column.name)
              LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum),
            whole AS (SELECT * FROM own WHERE level = 0),
            part_index AS (
              SELECT i.*, h.inhparent AS parent_index, parent.indoption AS its_option, c.reloptions, pc.reloptions AS its_options, c.reltablespace,
                pc.reltablespace AS its_tablespace
              FROM own JOIN pg_index i ON i.indrelid = own.relation JOIN pg_inherits h ON h.inhrelid = i.indexrelid
              JOIN pg_index parent ON parent.indexrelid = h.inhparent
              JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class pc ON pc.oid = parent.indexrelid
              WHERE own.level > 0 AND EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass
                AND d.refobjid = own.relation AND d.refobjsubid = own.number
                AND (d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                  OR d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT oid FROM pg_constraint k
                    WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u')))))
            SELECT DISTINCT object, kind FROM (
              SELECT pg_describe_object(d.classid, d.objid, d.objsubid), 'own'
              FROM own JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = own.relation
                AND d.refobjsubid = own.number
              WHERE own.level > 0 AND NOT (d.classid = 'pg_attrdef'::regclass AND d.objid IS NOT DISTINCT FROM own.attrdef)
                AND NOT (d.classid = 'pg_class'::regclass AND (d.objid = own.relation
                  OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = d.objid)
                    AND EXISTS (SELECT FROM pg_index WHERE indexrelid = d.objid)))
                AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint con
                  WHERE con.oid = d.objid AND (con.conparentid <> 0 OR con.contype IN ('c', 'n') AND con.coninhcount > 0
                    OR con.contype = 'f')))
                AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (SELECT FROM pg_trigger g
                  WHERE g.oid = d.objid AND (g.tgparentid <> 0 OR g.tgisinternal)))
              UNION ALL
              SELECT format('column %s.%I', own.relation::regclass, \(column.name)::text), 'notNull'
              FROM own, whole WHERE own.attnotnull AND NOT whole.attnotnull
              UNION ALL
              SELECT format('column %s.%I', own.relation::regclass, \(column.name)::text), 'defaultValue'
              FROM own, whole WHERE own.expression IS DISTINCT FROM whole.expression AND own.expression IS NOT NULL
              UNION ALL
              SELECT pg_describe_object('pg_class'::regclass, i.indexrelid, 0), 'incomplete'
              FROM whole JOIN pg_index i ON i.indrelid = whole.relation JOIN pg_class c ON c.oid = i.indexrelid
              JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = whole.relation AND d.refobjsubid = whole.number
              WHERE c.relkind = 'I' AND NOT i.indisvalid
              UNION ALL
              SELECT pg_describe_object('pg_class'::regclass, indexrelid, 0), 'unlike' FROM part_index
              WHERE indoption::text <> its_option::text OR reloptions IS DISTINCT FROM its_options
                OR reltablespace <> its_tablespace
                OR ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = indexrelid ORDER BY attnum)
                  <> ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = parent_index ORDER BY attnum)
              UNION ALL
              SELECT pg_describe_object('pg_class'::regclass, c.oid, 0), 'unlike'
              FROM whole JOIN pg_constraint con ON con.conrelid = whole.relation AND whole.number = ANY (con.conkey)
              JOIN pg_class c ON c.oid = con.conindid
              WHERE con.contype IN ('p', 'u') AND c.relkind = 'I' AND (c.reloptions IS NOT NULL OR c.reltablespace <> 0)
              UNION ALL
              SELECT pg_describe_object('pg_constraint'::regclass, con.oid, 0), 'foreignKey'
              FROM own JOIN pg_constraint con ON con.contype = 'f' AND con.conparentid = 0
                AND (con.conrelid = own.relation AND own.number = ANY (con.conkey)
                  OR con.confrelid = own.relation AND own.number = ANY (con.confkey))
              JOIN pg_class n ON n.oid = con.conrelid JOIN pg_class f ON f.oid = con.confrelid
              WHERE 'p' IN (n.relkind, f.relkind) OR own.level > 0) AS found(object, kind)
            ORDER BY 2, 1
            """
        ).rows.map {
            guard let kind = PartitionObstacle.Kind(rawValue: try $0["kind"]) else {
                throw Failure(.usage, "an obstacle of a kind that isn't known")
            }
            return PartitionObstacle(object: try $0["object"], kind: kind)
        }
    }
}
