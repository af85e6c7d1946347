import Foundation
import Postgres

/// Reads all that depends on a column.
///
/// Whatever kind of object it doesn't know is put down as the server describes it, so that a plan refuses what it can't
/// carry instead of losing it.
struct DependentsReader {
    let session: Session
    let table: UInt32
    let column: Int

    func read() async throws -> ColumnDependents {
        let document: String = try await session.value(Query(query))
        return try JSONDecoder().decode(ColumnDependents.self, from: Data(document.utf8))
    }

    private var isRecent: Bool { session.serverVersion >= 15_00_00 }

    private var query: SQL {
        """
        SELECT json_build_object(
          'constraints', \(constraints), 'indexes', \(indexes), 'sequences', \(sequences), 'policies', \(policies),
          'statistics', \(statistics), 'views', \(views), 'publications', \(publications),
          'options', (SELECT coalesce(to_json(a.attoptions), '[]'::json) FROM pg_attribute a
                      WHERE a.attrelid = \(table)::oid AND a.attnum = \(column)),
          'comment', col_description(\(table)::oid, \(column)),
          'notNull', (SELECT json_build_object('name', con.conname, 'isNoInherit', con.connoinherit,
                          'comment', obj_description(con.oid, 'pg_constraint'))
                      FROM pg_constraint con WHERE con.conrelid = \(table)::oid
                      AND con.contype = 'n' AND con.conkey = ARRAY[\(column)]::smallint[]),
          'defaultGrantees', (SELECT coalesce(json_agg(DISTINCT pg_get_userbyid(g.grantee)), '[]'::json)
              FROM pg_default_acl da CROSS JOIN LATERAL aclexplode(da.defaclacl) g
              JOIN pg_class c ON c.relowner = da.defaclrole
              WHERE c.oid = \(table)::oid AND da.defaclobjtype = 'r' AND g.grantee NOT IN (0, c.relowner)),
          'defaultMeaning', \(Meaning.json(of: """
              SELECT e.adbin::text FROM pg_attrdef e WHERE e.adrelid = \(table)::oid AND e.adnum = \(column)
              """)),
          'others', \(others), 'all', \(all))
        """
    }

    private func list(_ query: SQL) -> SQL { "coalesce((\(query)), '[]'::json)" }

    private var constraints: SQL {
        list(
            """
            SELECT json_agg(json_build_object(
                'name', con.conname, 'table', json_build_object('schema', n.nspname, 'name', c.relname),
                'owner', pg_get_userbyid(c.relowner),
                'kind', CASE WHEN (to_jsonb(con) ->> 'conperiod')::boolean THEN 'x' ELSE con.contype END,
                'definition', regexp_replace(pg_get_constraintdef(con.oid), ' NOT VALID$', ''),
                'index', ic.relname, 'isValidated', con.convalidated, 'isDeferrable', con.condeferrable,
                'isDeferred', con.condeferred, 'comment', obj_description(con.oid, 'pg_constraint'),
                'referenced', CASE WHEN f.oid IS NOT NULL THEN
                    json_build_object('schema', fn.nspname, 'name', f.relname) END,
                'referencedOwner', CASE WHEN f.oid IS NOT NULL THEN pg_get_userbyid(f.relowner) END,
                'meaning', \(Meaning.json(of: "con.conbin")),
                'refersToColumn', con.confrelid = \(table)::oid AND con.confkey @> ARRAY[\(column)]::smallint[],
                'otherTypes', (SELECT coalesce(json_agg(format_type(oa.atttypid, oa.atttypmod)), '[]'::json)
                    FROM unnest(con.conkey, con.confkey) AS k(near, far)
                    JOIN pg_attribute oa ON (oa.attrelid = con.conrelid AND oa.attnum = k.near
                          AND con.confrelid = \(table)::oid AND k.far = \(column))
                      OR (oa.attrelid = con.confrelid AND oa.attnum = k.far
                          AND con.conrelid = \(table)::oid AND k.near = \(column) AND con.confrelid <> \(table)::oid)
                    WHERE con.contype = 'f')
              ) ORDER BY con.contype <> 'p', con.conname COLLATE "C", c.oid)
            FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_class ic ON ic.oid = con.conindid AND con.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_class f ON f.oid = con.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
            WHERE con.contype IN ('c', 'f', 'p', 'u', 'x') AND con.conparentid = 0
              AND ((con.conrelid = \(table)::oid AND con.conkey @> ARRAY[\(column)]::smallint[])
                   OR (con.conrelid = \(table)::oid AND EXISTS (SELECT FROM pg_depend d
                       WHERE d.classid = 'pg_constraint'::regclass AND d.objid = con.oid
                         AND d.refobjid = con.conrelid AND d.refobjsubid = \(column)))
                   OR (con.confrelid = \(table)::oid AND con.confkey @> ARRAY[\(column)]::smallint[]))
            """
        )
    }

    private var indexes: SQL {
        list(
            """
            SELECT json_agg(json_build_object(
                'name', ic.relname, 'isClustered', i.indisclustered, 'isReplicaIdentity', i.indisreplident,
                'comment', obj_description(ic.oid, 'pg_class'),
                'targets', (SELECT coalesce(json_agg(json_build_object('number', a.attnum, 'target', a.attstattarget)
                              ORDER BY a.attnum), '[]'::json)
                            FROM pg_attribute a WHERE a.attrelid = ic.oid AND a.attstattarget >= 0),
                'columns', (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
                            WHERE a.attrelid = ic.oid AND a.attnum > 0)
              ) ORDER BY ic.relname COLLATE "C")
            FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = \(table)::oid
            """
        )
    }

    private var sequences: SQL {
        list(
            """
            SELECT json_agg(json_build_object(
                'name', json_build_object('schema', n.nspname, 'name', c.relname), 'isIdentity', d.deptype = 'i',
                'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement,
                'least', s.seqmin, 'greatest', s.seqmax, 'cache', s.seqcache, 'cycles', s.seqcycle,
                'comment', obj_description(c.oid, 'pg_class'), 'hasGrants', c.relacl IS NOT NULL,
                'grants', (SELECT coalesce(json_agg(json_build_object('privilege', g.privilege_type,
                    'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
                    'isGrantable', g.is_grantable)), '[]'::json) FROM aclexplode(c.relacl) g)
              ) ORDER BY c.oid)
            FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
            JOIN pg_sequence s ON s.seqrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column) AND d.deptype IN ('a', 'i')
            """
        )
    }

    private var policies: SQL {
        list(
            """
            SELECT json_agg(json_build_object(
                'name', p.polname, 'isPermissive', p.polpermissive,
                'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                         WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                'roles', (SELECT json_agg(CASE WHEN r <> 0 THEN pg_get_userbyid(r) END) FROM unnest(p.polroles) r),
                'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
                'meaning', \(Meaning.json(of: "concat(p.polqual::text, p.polwithcheck::text)")),
                'comment', obj_description(p.oid, 'pg_policy')) ORDER BY p.polname COLLATE "C")
            FROM pg_policy p WHERE p.polrelid = \(table)::oid AND EXISTS (SELECT FROM pg_depend d
              WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column))
            """
        )
    }

    private var statistics: SQL {
        list(
            """
            SELECT json_agg(json_build_object(
                'name', json_build_object('schema', n.nspname, 'name', x.stxname),
                'definition', pg_get_statisticsobjdef(x.oid), 'columns', pg_get_statisticsobjdef_columns(x.oid),
                'target', CASE WHEN x.stxstattarget >= 0 THEN x.stxstattarget END,
                'meaning', \(Meaning.json(of: "x.stxexprs")),
                'comment', obj_description(x.oid, 'pg_statistic_ext')) ORDER BY x.oid)
            FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
            WHERE x.stxrelid = \(table)::oid AND EXISTS (SELECT FROM pg_depend d
              WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = x.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column))
            """
        )
    }

    private var publications: SQL {
        guard isRecent else { return "'[]'::json" }
        return list(
            """
            SELECT json_agg(json_build_object(
                'name', p.pubname, 'owner', pg_get_userbyid(p.pubowner),
                'columns', (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]'::json)
                            FROM unnest(pr.prattrs::smallint[]) WITH ORDINALITY k(number, place)
                            JOIN pg_attribute a ON a.attrelid = pr.prrelid AND a.attnum = k.number),
                'filter', pg_get_expr(pr.prqual, pr.prrelid)) ORDER BY p.pubname COLLATE "C")
            FROM pg_publication_rel pr JOIN pg_publication p ON p.oid = pr.prpubid
            WHERE pr.prrelid = \(table)::oid AND EXISTS (SELECT FROM pg_depend d
              WHERE d.classid = 'pg_publication_rel'::regclass AND d.objid = pr.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column))
            """
        )
    }

    /// Views that read the column, through rules, and views on those, the deepest last.
    private var views: SQL {
        """
        coalesce((WITH RECURSIVE reader(view, depth) AS (
            SELECT r.ev_class, 1 FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column) AND r.ev_class <> \(table)::oid
            UNION
            SELECT r.ev_class, reader.depth + 1 FROM reader
            JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reader.view
            JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
            WHERE r.ev_class <> reader.view)
          SELECT json_agg(json_build_object(
            'name', json_build_object('schema', n.nspname, 'name', c.relname), 'kind', c.relkind,
            'owner', pg_get_userbyid(c.relowner), 'query', rtrim(pg_get_viewdef(c.oid), ';'),
            'options', coalesce(to_json(c.reloptions), '[]'::json), 'comment', obj_description(c.oid, 'pg_class'),
            'columnComments', (SELECT coalesce(json_agg(json_build_object('column', a.attname, 'comment',
                    col_description(c.oid, a.attnum)) ORDER BY a.attnum), '[]'::json)
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                  AND col_description(c.oid, a.attnum) IS NOT NULL),
            'defaults', (SELECT coalesce(json_agg(json_build_object('column', a.attname, 'expression',
                    pg_get_expr(e.adbin, e.adrelid)) ORDER BY a.attnum), '[]'::json)
                FROM pg_attrdef e JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
                WHERE e.adrelid = c.oid),
            'meaning', \(Meaning.json(of: """
                SELECT r.ev_action::text FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN'
                """)),
            'rulesMeaning', \(Meaning.json(of: """
                SELECT concat((SELECT string_agg(concat(r.ev_qual::text, r.ev_action::text), ' ') FROM pg_rewrite r
                               WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
                              (SELECT string_agg(e.adbin::text, ' ') FROM pg_attrdef e WHERE e.adrelid = c.oid))
                """)),
            'hasGrants', c.relacl IS NOT NULL,
            'grants', (SELECT coalesce(json_agg(json_build_object('privilege', g.privilege_type, 'column', g.attname,
                    'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
                    'isGrantable', g.is_grantable, 'grantor', pg_get_userbyid(g.grantor))
                    ORDER BY g.attnum, g.place), '[]'::json)
                FROM (SELECT e.*, NULL::name AS attname, 0 AS attnum
                      FROM aclexplode(c.relacl) WITH ORDINALITY e(grantor, grantee, privilege_type, is_grantable, place)
                      UNION ALL
                      SELECT e.*, a.attname, a.attnum FROM pg_attribute a
                      CROSS JOIN LATERAL aclexplode(a.attacl) WITH ORDINALITY
                        e(grantor, grantee, privilege_type, is_grantable, place) WHERE a.attrelid = c.oid) g),
            'triggers', (SELECT coalesce(json_agg(pg_get_triggerdef(t.oid) ORDER BY t.tgname), '[]'::json)
                FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
            'rules', (SELECT coalesce(json_agg(pg_get_ruledef(r.oid) ORDER BY r.rulename), '[]'::json)
                FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
            'others', (SELECT coalesce(json_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)), '[]'::json)
                FROM pg_depend d
                WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
                       OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (c.reltype, (SELECT ty.typarray
                           FROM pg_type ty WHERE ty.oid = c.reltype))))
                  AND d.deptype NOT IN ('i', 'e', 'x') AND d.classid NOT IN ('pg_rewrite'::regclass)
                  AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (
                      SELECT FROM pg_attrdef e WHERE e.oid = d.objid AND e.adrelid = c.oid))
                  AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (
                      SELECT FROM pg_trigger t WHERE t.oid = d.objid AND t.tgrelid = c.oid)))
          ) ORDER BY deepest.depth, c.oid)
          FROM (SELECT view, max(depth) AS depth FROM reader GROUP BY view) deepest
          JOIN pg_class c ON c.oid = deepest.view JOIN pg_namespace n ON n.oid = c.relnamespace), '[]'::json)
        """
    }

    /// Dependents of kinds that none of the lists above has.
    /// Of a generated column its default depends on the column; before 15 the generated column itself.
    private var others: SQL {
        """
        coalesce((SELECT json_agg(DISTINCT coalesce((SELECT 'generated column ' || a.attname FROM pg_attrdef e
              JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
              WHERE d.classid = 'pg_attrdef'::regclass AND e.oid = d.objid AND a.attgenerated <> ''),
            (SELECT 'generated column ' || a.attname FROM pg_attribute a WHERE d.classid = 'pg_class'::regclass
              AND a.attrelid = d.objid AND a.attnum = d.objsubid AND a.attgenerated <> ''),
            pg_describe_object(d.classid, d.objid, d.objsubid))) FROM pg_depend d
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column)
            AND d.classid NOT IN ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass,
                                  'pg_publication_rel'::regclass, 'pg_trigger'::regclass)
            AND NOT (d.classid = 'pg_policy'::regclass AND EXISTS (SELECT FROM pg_policy p
                     WHERE p.oid = d.objid AND p.polrelid = \(table)::oid))
            AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class i
                     WHERE i.oid = d.objid AND i.relkind IN ('i', 'I', 'S')))
            AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef e
                     WHERE e.oid = d.objid AND e.adrelid = \(table)::oid AND e.adnum = \(column)))
            AND NOT (d.classid = 'pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_rewrite r
                     WHERE r.oid = d.objid AND r.rulename = '_RETURN'))), '[]'::json)
        """
    }

    private var all: SQL {
        """
        coalesce((SELECT json_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)) FROM pg_depend d
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table)::oid AND d.refobjsubid = \(column)),
          '[]'::json)
        """
    }
}
