import Foundation
import Postgres

/// Reads tables from the catalog. Every catalog query about a table stands here or in `ExchangeProbe`.
struct CatalogReader {
    let session: Session

    /// Finds a relation by the name that the user gave, through the session's own search_path where it has no schema.
    func find(schema: Identifier?, name: Identifier) async throws -> RelationReference? {
        let text = schema.map { QualifiedName(schema: $0, name: name).quoted } ?? name.quoted
        let oid: UInt32? = try await session.valueByLoginPath(
            "SELECT pg_catalog.to_regclass(\(text)::pg_catalog.text)::pg_catalog.oid"
        )
        guard let oid else { return nil }
        let rows = try await session.run(
            """
            SELECT c.oid, n.nspname, c.relname, pg_get_userbyid(c.relowner) AS owner
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = \(oid)::oid
            """
        ).rows
        guard let row = rows.first else { return nil }
        return RelationReference(
            oid: try row["oid"],
            name: QualifiedName(schema: Identifier(try row["nspname"]), name: Identifier(try row["relname"])),
            owner: Identifier(try row["owner"])
        )
    }

    /// The schemas in which the login looks names up, those that exist.
    func searchPath() async throws -> [Identifier] {
        let schemas: String = try await session.valueByLoginPath(
            "SELECT pg_catalog.current_schemas(false)::pg_catalog.text[]::pg_catalog.text"
        )
        return try await session.run(
            "SELECT name FROM unnest(\(schemas)::text[]) WITH ORDINALITY s(name, place) ORDER BY place"
        ).rows.map { Identifier(try $0["name"]) }
    }

    /// Tables of the database whose names are near to one.
    func namesLike(_ name: Identifier) async throws -> [String] {
        let rows = try await session.run(
            """
            SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS whole
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
              AND n.nspname NOT IN ('information_schema', 'online_change')
            ORDER BY 2 LIMIT 10000
            """
        ).rows
        var wholes: [String: [String]] = [:]
        for row in rows { wholes[try row["name"], default: []].append(try row["whole"]) }
        return Array(NearName.among(Array(wholes.keys), to: name.name).flatMap { wholes[$0] ?? [] }.prefix(3))
    }

    /// Whether there is a relation with that oid.
    func exists(oid: UInt32) async throws -> Bool {
        try await session.value("SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = \(oid)::oid)")
    }

    /// The table with that oid, and what a change of the named columns must know of it.
    ///
    /// - Parameter mentions: names to look for in the text of routines.
    func snapshot(oid: UInt32, mentions: [Identifier]) async throws -> TableSnapshot {
        let document: String = try await session.value(Self.tableQuery(oid: oid))
        var snapshot = try JSONDecoder().decode(TableSnapshot.self, from: Data(document.utf8))
        snapshot.routines = try await routines(oid: oid, mentions: mentions)
        snapshot.publications = try await decode(publicationsQuery(oid: oid))
        return snapshot
    }

    /// Objects that depend on one column: indexes, constraints, defaults, views, policies, triggers, statistics.
    func dependents(oid: UInt32, column: Int) async throws -> [AttachedObjectCheck.Dependent] {
        try await decode(
            """
            SELECT json_agg(json_build_object('object', object, 'name', name, 'keepsColumn', keeps) ORDER BY object) FROM (
              SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS object,
                     coalesce(address.object_names[array_upper(address.object_names, 1)], '') AS name,
                     bool_or(d.deptype = 'n') AS keeps
              FROM pg_depend d CROSS JOIN LATERAL pg_identify_object_as_address(d.classid, d.objid, d.objsubid) AS address
              WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = \(oid)::oid AND d.refobjsubid = \(column)
              GROUP BY 1, 2) dependents
            """
        )
    }

    /// Routines that a trigger of the table calls, or whose text may have one of the names beside the table's.
    func routines(oid: UInt32, mentions: [Identifier]) async throws -> [Routine] {
        try await decode(Self.routinesQuery(oid: oid, mentions: mentions))
    }

    private func decode<Element: Decodable>(_ query: Query) async throws -> [Element] {
        let document: String? = try await session.value(query)
        return try JSONDecoder().decode([Element].self, from: Data((document ?? "[]").utf8))
    }

    private static func tableQuery(oid: UInt32) -> Query {
        """
        SELECT json_build_object(
          'oid', c.oid::bigint,
          'name', json_build_object('schema', n.nspname, 'name', c.relname),
          'quotedName', format('%I.%I', n.nspname, c.relname),
          'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_get_userbyid(c.relowner),
          'estimatedRows', (SELECT CASE WHEN max(h.reltuples) >= 0 THEN sum(greatest(h.reltuples, 0)) ELSE -1 END
                            FROM pg_class h WHERE h.oid IN \(tree) AND h.relkind <> 'p'),
          'rowsPerPage', (SELECT sum(h.reltuples) / nullif(sum(h.relpages), 0) FROM pg_class h
                          WHERE h.oid IN \(tree) AND h.relkind <> 'p' AND h.reltuples > 0),
          'heapBytes', (SELECT coalesce(sum(pg_relation_size(h.oid)), 0) FROM pg_class h
                        WHERE h.oid IN \(tree) AND h.relkind IN ('r', 'm')),
          'parent', (SELECT json_build_object('schema', pn.nspname, 'name', p.relname)
                     FROM pg_inherits i JOIN pg_class p
                       ON p.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE i.inhparent END
                     JOIN pg_namespace pn ON pn.oid = p.relnamespace
                     WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1),
          'hasChildren', EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
          'typedBy', (SELECT format_type(c.reloftype, NULL) WHERE c.reloftype <> 0),
          'forcesRowSecurity', EXISTS (SELECT FROM pg_class h
                                       WHERE h.oid IN \(tree) AND h.relrowsecurity AND h.relforcerowsecurity),
          'attributeCount', (SELECT max(h.relnatts) FROM pg_class h WHERE h.oid IN \(tree)),
          'transactionAge', (SELECT coalesce(max(age(f.relfrozenxid)), 0) FROM pg_class f
                             WHERE f.relfrozenxid <> '0' AND f.oid IN (SELECT unnest(ARRAY[h.oid, h.reltoastrelid])
                               FROM pg_class h WHERE h.oid IN \(tree))),
          'freezeMaxAge', least(current_setting('autovacuum_freeze_max_age')::bigint,
                                (SELECT option_value::bigint FROM pg_options_to_table(c.reloptions)
                                 WHERE option_name = 'autovacuum_freeze_max_age')),
          'columns', \(columns),
          'indexes', \(indexes),
          'triggers', \(triggers),
          'rules', \(rules),
          'rowTypeUsers', \(rowTypeUsers),
          'wholeRowReaders', \(wholeRowReaders),
          'hasReplicaIdentity', \(hasReplicaIdentity),
          'partitions', \(partitions),
          'routines', '[]'::json,
          'publications', '[]'::json
        )
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = \(oid)::oid
        """
    }

    private static let columns: SQL = """
        coalesce((SELECT json_agg(json_build_object(
            'number', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
            'baseType', format_type(b.type, b.modifier),
            'typeKind', t.typtype, 'baseTypeKind', bt.typtype,
            'systemType', CASE WHEN bt.typnamespace = 'pg_catalog'::regnamespace THEN bt.typname END,
            'typeHasDefault', bt.typdefault IS NOT NULL, 'length', bt.typlen,
            'collation', CASE WHEN a.attcollation <> bt.typcollation THEN
                format('%I.%I', cn.nspname, co.collname) END,
            'hasNondeterministicCollation', NOT coalesce(co.collisdeterministic, true),
            'isNotNull', a.attnotnull,
            'isNotNullPending', EXISTS (SELECT FROM pg_constraint nn WHERE nn.conrelid = a.attrelid
                AND nn.contype = 'n' AND a.attnum = ANY (nn.conkey) AND NOT nn.convalidated),
            'hasComment', col_description(a.attrelid, a.attnum) IS NOT NULL,
            'typeDemandsValue', b.is_not_null AND t.typdefault IS NULL AND d.adbin IS NULL,
            'defaultExpression', pg_get_expr(d.adbin, d.adrelid),
            'identity', a.attidentity, 'generated', a.attgenerated,
            'storage', CASE WHEN a.attstorage <> bt.typstorage THEN
                CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                  WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
            'compression', a.attcompression,
            'statisticsTarget', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
            'grants', coalesce((SELECT json_agg(json_build_object('privilege', g.privilege_type,
                'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
                'isGrantable', g.is_grantable)) FROM aclexplode(a.attacl) g), '[]'::json)
          ) ORDER BY a.attnum)
          FROM pg_attribute a
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_collation co ON co.oid = a.attcollation
          LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
          CROSS JOIN LATERAL (
            WITH RECURSIVE domain(type, modifier, depth, is_not_null) AS (
              SELECT a.atttypid, a.atttypmod, 0, false
              UNION ALL
              SELECT dt.typbasetype, CASE WHEN domain.modifier >= 0 THEN domain.modifier ELSE dt.typtypmod END,
                     domain.depth + 1, domain.is_not_null OR dt.typnotnull
              FROM domain JOIN pg_type dt ON dt.oid = domain.type WHERE dt.typtype = 'd')
            SELECT type, modifier, is_not_null FROM domain ORDER BY depth DESC LIMIT 1) b
          JOIN pg_type bt ON bt.oid = b.type
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'::json)
        """

    private static let indexes: SQL = """
        coalesce((SELECT json_agg(json_build_object(
            'name', ic.relname, 'quotedName', quote_ident(ic.relname), 'definition', pg_get_indexdef(i.indexrelid),
            'columns', (SELECT coalesce(json_agg(DISTINCT number), '[]'::json) FROM (
                SELECT unnest(i.indkey::smallint[])::int AS number
                UNION SELECT refobjsubid FROM pg_depend
                WHERE classid = 'pg_class'::regclass AND objid = i.indexrelid
                  AND refclassid = 'pg_class'::regclass AND refobjid = c.oid) used WHERE number <> 0),
            'isPrimary', i.indisprimary, 'isUnique', i.indisunique, 'isImmediate', i.indimmediate, 'isValid', i.indisvalid, 'tablespace', ts.spcname,
            'isPartitioned', ic.relkind = 'I',
            'meaning', \(Meaning.json(of: "concat(i.indexprs::text, i.indpred::text)")),
            'isAttached', EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)
          ) ORDER BY ic.relname COLLATE "C")
          FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
          LEFT JOIN pg_tablespace ts ON ts.oid = ic.reltablespace
          WHERE i.indrelid = c.oid), '[]'::json)
        """

    private static let triggers: SQL = """
        coalesce((SELECT json_agg(json_build_object(
            'name', t.tgname, 'quotedName', quote_ident(t.tgname), 'definition', pg_get_triggerdef(t.oid), 'type', t.tgtype, 'enabled', t.tgenabled,
            'columns', (SELECT coalesce(json_agg(DISTINCT d.refobjsubid), '[]'::json) FROM pg_depend d
                WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0),
            'updateOf', t.tgattr::smallint[], 'updateOfList', \(updateOfList), 'isConstraint', t.tgconstraint <> 0,
            'function', format('%I.%I', pn.nspname, p.proname),
            'meaning', \(Meaning.json(of: "t.tgqual")),
            'comment', obj_description(t.oid, 'pg_trigger')) ORDER BY t.tgname COLLATE "C")
          FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
          WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), '[]'::json)
        """

    static let updateOfList: SQL = """
        coalesce((SELECT string_agg(quote_ident(ua.attname), ', ' ORDER BY u.position)
          FROM unnest(t.tgattr::smallint[]) WITH ORDINALITY u(number, position)
          JOIN pg_attribute ua ON ua.attrelid = t.tgrelid AND ua.attnum = u.number), '')
        """

    private static let rules: SQL = """
        coalesce((SELECT json_agg(json_build_object('name', r.rulename, 'isOnUpdate', r.ev_type = '2', 'enabled', r.ev_enabled,
            'columns', (SELECT coalesce(json_agg(DISTINCT \(number(of: "d.refobjsubid", in: "r.ev_class"))), '[]'::json)
                FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.ev_class AND d.refobjsubid > 0)))
          FROM pg_rewrite r WHERE r.ev_class IN \(tree) AND c.relkind IN ('r', 'p')), '[]'::json)
        """

    private static let rowTypeUsers: SQL = """
        coalesce((SELECT json_agg(json_build_object('object', object) ORDER BY object COLLATE "C") FROM (
            SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) AS object
            FROM pg_depend d
            WHERE d.refclassid = 'pg_type'::regclass AND d.deptype = 'n'
              AND d.refobjid IN (SELECT unnest(ARRAY[rt.oid, rt.typarray])
                FROM pg_class h JOIN pg_type rt ON rt.oid = h.reltype WHERE h.oid IN \(tree))) used), '[]'::json)
        """

    /// Indexes and checks whose expressions read the row as a whole; the server keeps no record of that but the
    /// expressions themselves.
    private static let wholeRowReaders: SQL = """
        coalesce((SELECT json_agg(object ORDER BY object COLLATE "C") FROM (
            SELECT 'index ' || ic.relname AS object FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
            WHERE i.indrelid IN \(tree) AND concat(i.indexprs::text, i.indpred::text) LIKE '%:varattno 0 %'
            UNION ALL SELECT 'constraint ' || con.conname FROM pg_constraint con
            WHERE con.conrelid IN \(tree) AND con.contype = 'c' AND con.conbin::text LIKE '%:varattno 0 %') readers), '[]'::json)
        """

    private static let hasReplicaIdentity: SQL = """
        (NOT EXISTS (SELECT FROM pg_class h WHERE h.oid IN \(tree) AND h.relkind <> 'p' AND NOT (h.relreplident = 'f'
          OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = h.oid
            AND CASE h.relreplident WHEN 'd' THEN i.indisprimary AND i.indimmediate
                                    WHEN 'i' THEN i.indisreplident ELSE false END))))
        """

    private static func routinesQuery(oid: UInt32, mentions: [Identifier]) -> Query {
        // The server narrows it down; `Routine.mentions` decides. Bodies that only pass the column's name by are read
        // too, but only where they name the table as well or run as its trigger.
        """
        SELECT json_agg(json_build_object(
            'identity', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
            'name', format('%I.%I', n.nspname, p.proname),
            'source', p.prosrc, 'isTriggerFunction', used.by_trigger) ORDER BY n.nspname, p.proname)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_trigger t
            WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgrelid IN (
              SELECT relid::oid FROM pg_partition_tree(\(oid)::oid::regclass) UNION SELECT \(oid)::oid)) AS by_trigger) used
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND (n.nspname <> 'online_change' OR p.proname LIKE '%\\_fill')
          AND p.prolang NOT IN (SELECT l.oid FROM pg_language l WHERE l.lanname IN ('c', 'internal'))
          AND (used.by_trigger
               OR EXISTS (SELECT FROM unnest(\(mentions.map(\.name))::text[]) name
                          WHERE strpos(lower(p.prosrc), lower(name)) > 0)
                  AND strpos(lower(p.prosrc),
                             lower((SELECT relname::text FROM pg_class WHERE oid = \(oid)::oid))) > 0)
        """
    }

    private func publicationsQuery(oid: UInt32) -> Query {
        let tree: SQL =
            "(SELECT relid::oid FROM pg_partition_tree(\(Int(oid))::oid::regclass) UNION SELECT \(Int(oid))::oid)"
        let isListed: SQL = session.serverVersion >= 15_00_00 ? "pr.prattrs IS NOT NULL" : "false"
        let contradictsIdentity: SQL = session.serverVersion >= 15_00_00 ? Self.contradictsIdentity : "false"
        let bySchema: SQL =
            session.serverVersion >= 15_00_00
            ? """
            UNION ALL SELECT p.pubname, 'schema', p.pubupdate, false FROM pg_publication p
            JOIN pg_publication_namespace pn ON pn.pnpubid = p.oid
            JOIN pg_class c ON c.relnamespace = pn.pnnspid WHERE c.oid IN \(tree)
            """ : ""
        return """
            SELECT json_agg(json_build_object('name', name, 'scope', scope, 'sendsUpdates', updates,
                                              'contradictsIdentity', contradicts) ORDER BY name) FROM (
              SELECT name, scope, updates, bool_or(contradicts) AS contradicts FROM (
              SELECT pubname AS name, 'allTables' AS scope, pubupdate AS updates, false AS contradicts
              FROM pg_publication WHERE puballtables
              UNION ALL
              SELECT p.pubname, CASE WHEN \(isListed) THEN 'columns' ELSE 'table' END, p.pubupdate, \(contradictsIdentity)
              FROM pg_publication_rel pr JOIN pg_publication p ON p.oid = pr.prpubid
              JOIN pg_class c ON c.oid = pr.prrelid
              LEFT JOIN pg_index i ON i.indrelid = c.oid
                AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
              WHERE pr.prrelid IN \(tree)
              \(bySchema)) each GROUP BY 1, 2, 3) published
            """
    }

    /// What makes the server refuse every UPDATE of the table (PostgreSQL documentation, 31.3 and 31.4).
    private static let contradictsIdentity: SQL = """
        p.pubupdate AND coalesce(
          pr.prattrs IS NOT NULL AND (c.relreplident = 'f' OR NOT i.indkey::smallint[] <@ pr.prattrs::smallint[])
          OR pr.prqual IS NOT NULL AND c.relreplident <> 'f'
            AND EXISTS (SELECT FROM regexp_matches(pr.prqual::text, ':varattno (\\d+)', 'g') AS read
                        WHERE read[1]::smallint <> ALL (i.indkey::smallint[])), false)
        """
}

/// A relation as the user's words found it.
struct RelationReference: Hashable, Sendable {
    let oid: UInt32
    let name: QualifiedName
    let owner: Identifier
}
