import Postgres

/// What a swap does on each partition, whichever there are by then: the server looks them up under the swap's lock.
///
/// Renames of columns and checks, NOT NULL and the loss of a default reach partitions by themselves. A key doesn't: the
/// server attaches a partition's to the table's only if it is a key already, so each partition gets its own from an index
/// that was built before. Neither do the names of indexes, nor whether a partition has the table's default.
extension Succession {
    /// Keys of a partitioned table, whose parts are made one by one.
    var partitionedKeys: [Constraint] {
        table.isPartitioned ? tableConstraints.filter { ["p", "u"].contains($0.kind) && $0.index != nil } : []
    }

    /// The indexes that keys of partitions are made from.
    func keyIndexes(_ bodies: [Identifier: String]) -> [KeyIndexBuild] {
        partitionedKeys.compactMap { key in
            guard let index = key.index, let body = bodies[index] else { return nil }
            return KeyIndexBuild(stem: Ready.stem(key.name, self), table: table.name, body: "\(server: body)")
        }
    }

    var root: SQL { "\(literal: table.name.quoted)::regclass" }

    /// A partition that came at the last moment lacks what was made ready: the next look makes it.
    private static let startOver: SQL = "RAISE EXCEPTION USING ERRCODE = \(literal: SQLState.assertionFailed.code)"

    /// Notes what is about to go: the partitions' keys with all that hangs on them, which of them have the table's
    /// default, and comments on their checks.
    func partitionNotes() -> [SQL] {
        guard table.isPartitioned else { return [] }
        let keys = SQL.joined(partitionedKeys.map { "\(literal: $0.name.name)" })
        let checks = SQL.joined(tableConstraints.filter { $0.kind == "c" }.map { "\(literal: $0.name.name)" })
        let defaults: SQL = """
            FROM pg_partition_tree(\(root)) t
            JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(literal: names.original.name)
            JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            """
        return [
            PartitionBlock.statement(
                declaring: "noted json",
                """
                  WITH RECURSIVE part(root, con, level) AS (
                    SELECT con.conname, con.oid, 0 FROM pg_constraint con
                    WHERE con.conrelid = \(root) AND con.conname = ANY (ARRAY[\(keys)]::name[])
                    UNION ALL
                    SELECT part.root, con.oid, part.level + 1 FROM part JOIN pg_constraint con ON con.conparentid = part.con)
                  SELECT json_agg(json_build_object('root', part.root, 'level', part.level, 'relation', con.conrelid::bigint,
                      'parent', (SELECT inhparent::bigint FROM pg_inherits WHERE inhrelid = con.conrelid),
                      'schema', n.nspname, 'name', con.conname, 'is_leaf', c.relkind = 'r',
                      'comment', obj_description(con.oid, 'pg_constraint'), 'about', obj_description(con.conindid, 'pg_class'),
                      'is_clustered', i.indisclustered, 'is_identity', i.indisreplident,
                      'columns', (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = con.conindid)))
                  INTO noted FROM part JOIN pg_constraint con ON con.oid = part.con JOIN pg_class c ON c.oid = con.conrelid
                  JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = con.conindid;
                  PERFORM set_config('online_change.keys', coalesce(noted::text, '[]'), true);
                  IF (SELECT count(DISTINCT pg_get_expr(d.adbin, d.adrelid)) > 1
                        OR bool_and(t.level > 0) \(defaults)) THEN
                    \(Self.startOver);
                  END IF;
                  SELECT json_agg(t.relid::oid::bigint) INTO noted \(defaults) WHERE t.level > 0;
                  PERFORM set_config('online_change.defaults', coalesce(noted::text, '[]'), true);
                  SELECT json_agg(json_build_object('relation', con.conrelid::bigint, 'name', con.conname,
                      'comment', obj_description(con.oid, 'pg_constraint')))
                  INTO noted FROM pg_partition_tree(\(root)) t JOIN pg_constraint con ON con.conrelid = t.relid
                  WHERE t.level > 0 AND con.conname = ANY (ARRAY[\(checks)]::name[])
                    AND obj_description(con.oid, 'pg_constraint') IS NOT NULL;
                  PERFORM set_config('online_change.checks', coalesce(noted::text, '[]'), true);
                """
            )
        ]
    }

    /// Gives partitions the default that they had in common with the table.
    func partitionDefaults(_ expression: String) -> SQL {
        PartitionBlock.statement(
            """
              FOR part IN SELECT value::oid::regclass AS relation
                FROM json_array_elements_text(current_setting('online_change.defaults')::json)
              LOOP
                EXECUTE format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', part.relation, \
            \(literal: names.original.name), \(literal: expression));
              END LOOP;
            """
        )
    }

    /// Gives the partitions' checks their comments.
    func partitionCheckComments() -> [SQL] {
        guard table.isPartitioned, tableConstraints.contains(where: { $0.kind == "c" }) else { return [] }
        return [
            PartitionBlock.statement(
                """
                  FOR part IN SELECT * FROM json_to_recordset(current_setting('online_change.checks')::json)
                      AS noted(relation oid, name text, comment text)
                  LOOP
                    EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', part.name, part.relation::regclass, part.comment);
                  END LOOP;
                """
            )
        ]
    }

    /// Makes the keys that were noted anew: partitions' from their indexes, then those above, which they become parts of.
    func partitionKeys() -> [SQL] {
        guard !partitionedKeys.isEmpty else { return [] }
        let noted: SQL = """
            json_to_recordset(current_setting('online_change.keys')::json) AS noted(root text, level int, relation oid,
              parent oid, schema text, name text, is_leaf boolean, comment text, about text, is_clustered boolean,
              is_identity boolean, columns text[])
            """
        let made = partitionedKeys.map { key -> SQL in
            let kind: SQL = key.kind == "p" ? "PRIMARY KEY" : "UNIQUE"
            return """
                (\(literal: key.name.name), \(literal: Ready.stem(key.name, self)), \(literal: kind.text), \
                \(literal: key.deferral.text), \(literal: key.definition))
                """
        }
        return [
            PartitionBlock.statement(
                declaring: "part record; child record; ready text; its_index text",
                """
                  FOR part IN SELECT * FROM \(noted)
                    JOIN (VALUES \(.joined(made))) AS key(root, stem, kind, deferral, definition) USING (root)
                    ORDER BY level DESC, relation
                  LOOP
                    its_index := format('%I.%I', part.schema, part.name);
                    IF part.is_leaf THEN
                      ready := part.stem || '_' || part.relation;
                      IF NOT EXISTS (SELECT FROM pg_index WHERE indrelid = part.relation AND indisvalid
                          AND indexrelid = to_regclass(format('%I.%I', part.schema, ready))) THEN
                        \(Self.startOver);
                      END IF;
                      EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s', part.relation::regclass, part.name,
                        part.kind, ready, part.deferral);
                    ELSE
                      EXECUTE format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', part.relation::regclass, part.name,
                        part.definition);
                    END IF;
                    FOR child IN SELECT a.attname AS found, wanted.name FROM pg_attribute a
                      JOIN unnest(part.columns) WITH ORDINALITY AS wanted(name, number) ON wanted.number = a.attnum
                      WHERE a.attrelid = to_regclass(its_index) AND a.attname <> wanted.name ORDER BY a.attnum
                    LOOP
                      EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', its_index, child.found, child.name);
                    END LOOP;
                    FOR child IN SELECT * FROM \(noted) WHERE noted.root = part.root AND noted.parent = part.relation LOOP
                      EXECUTE format('ALTER INDEX %s ATTACH PARTITION %I.%I', its_index, child.schema, child.name);
                    END LOOP;
                    IF part.comment IS NOT NULL THEN
                      EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', part.name, part.relation::regclass, part.comment);
                    END IF;
                    IF part.about IS NOT NULL THEN
                      EXECUTE format('COMMENT ON INDEX %s IS %L', its_index, part.about);
                    END IF;
                    IF part.is_clustered THEN
                      EXECUTE format('ALTER TABLE %s CLUSTER ON %I', part.relation::regclass, part.name);
                    END IF;
                    IF part.is_identity THEN
                      EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', part.relation::regclass, part.name);
                    END IF;
                  END LOOP;
                """
            )
        ]
    }

    /// Exchanges the names of an index's parts and of those that were made ready for it, with all that hangs on them;
    /// what was unique goes.
    func takeParts(of index: Index) -> [SQL] {
        let old = QualifiedName(schema: table.name.schema, name: index.name)
        let new = QualifiedName(schema: table.name.schema, name: Ready.name(index.name, self))
        func tree(_ name: SQL, _ index: QualifiedName) -> SQL {
            """
            \(name)(index, relation, level) AS (
              SELECT indexrelid, indrelid, 0 FROM pg_index WHERE indexrelid = \(literal: index.quoted)::regclass
              UNION ALL SELECT i.indexrelid, i.indrelid, level + 1 FROM \(name) JOIN pg_inherits ON inhparent = \(name).index
              JOIN pg_index i ON i.indexrelid = inhrelid)
            """
        }
        let rename: SQL = "EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', part.schema, "
        let exchange = PartitionBlock.statement(
            declaring: "part record; its record",
            """
              FOR part IN WITH RECURSIVE \(tree("old", old)), \(tree("new", new))
                SELECT relation::regclass AS relation, old.level, old.index AS old, new.index AS new, n.nspname AS schema,
                  oc.relname AS name, nc.relname AS ready, i.indisclustered, i.indisreplident,
                  obj_description(old.index, 'pg_class') AS comment
                FROM old FULL JOIN new USING (relation) LEFT JOIN pg_class oc ON oc.oid = old.index
                LEFT JOIN pg_class nc ON nc.oid = new.index LEFT JOIN pg_namespace n ON n.oid = oc.relnamespace
                LEFT JOIN pg_index i ON i.indexrelid = old.index ORDER BY old.level, relation
              LOOP
                IF part.old IS NULL OR part.new IS NULL THEN
                  \(Self.startOver);
                END IF;
                \(rename)part.name, \(literal: Ready.name("spare", self).name));
                \(rename)part.ready, part.name);
                \(rename)\(literal: Ready.name("spare", self).name), part.ready);
                FOR its IN SELECT o.attnum, o.attname AS wanted, n.attname AS found, coalesce(o.attstattarget, -1) AS target,
                    coalesce(n.attstattarget, -1) AS its_target
                  FROM pg_attribute o JOIN pg_attribute n ON n.attnum = o.attnum AND n.attrelid = part.new
                  WHERE o.attrelid = part.old ORDER BY o.attnum
                LOOP
                  -- Parts are renamed with the whole; the server names those of later partitions after these columns.
                  IF its.wanted <> its.found AND part.level = 0 THEN
                    EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', part.old::regclass, its.wanted, its.found);
                    EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', part.new::regclass, its.found, its.wanted);
                  END IF;
                  IF its.target <> its.its_target THEN
                    EXECUTE format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', part.new::regclass, its.attnum, its.target);
                  END IF;
                END LOOP;
                IF part.comment IS NOT NULL THEN
                  EXECUTE format('COMMENT ON INDEX %s IS %L', part.new::regclass, part.comment);
                END IF;
                IF part.indisclustered THEN
                  EXECUTE format('ALTER TABLE %s CLUSTER ON %I', part.relation, part.name);
                END IF;
                IF part.indisreplident THEN
                  EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', part.relation, part.name);
                END IF;
              END LOOP;
            """
        )
        return [exchange] + (index.isUnique ? ["DROP INDEX \(new)"] : [])
    }
}
