import Postgres

/// A block of PL/pgSQL that looks partitions up when it runs.
enum PartitionBlock {
    static func statement(declaring declarations: SQL = "part record", _ body: SQL) -> SQL {
        let whole: SQL = "DECLARE \(declarations);\nBEGIN\n\(body)\nEND"
        return "DO LANGUAGE plpgsql \(literal: whole.text)"
    }
}

extension Succession {
    /// Gives the added column what a partition has of its own on the original: storage, statistics target, options,
    /// grants and comment.
    static func partitionProperties(of original: Identifier, on added: Identifier, of table: QualifiedName) -> SQL {
        let alter: SQL = "'ALTER TABLE ONLY %s ALTER COLUMN %I SET "
        return PartitionBlock.statement(
            declaring: "part record; grant_of record",
            """
              FOR part IN SELECT t.relid, coalesce(o.attstattarget, -1) AS target, coalesce(n.attstattarget, -1) AS its_target,
                  array_to_string(o.attoptions, ', ') AS options, n.attstorage AS its_storage, n.attcompression AS its_method,
                  CASE WHEN o.attstorage <> ot.typstorage THEN o.attstorage ELSE nt.typstorage END AS storage,
                  o.attcompression AS method, nt.typstorage <> 'p' AS toastable, o.attacl AS acl,
                  col_description(o.attrelid, o.attnum) AS comment
                FROM pg_partition_tree(\(literal: table.quoted)::regclass) t
                JOIN pg_attribute o ON o.attrelid = t.relid AND o.attname = \(literal: original.name)
                JOIN pg_attribute n ON n.attrelid = t.relid AND n.attname = \(literal: added.name)
                JOIN pg_type ot ON ot.oid = o.atttypid JOIN pg_type nt ON nt.oid = n.atttypid WHERE t.level > 0
              LOOP
                IF part.target <> part.its_target THEN
                  EXECUTE format(\(alter)STATISTICS %s', part.relid, \(literal: added.name), part.target);
                END IF;
                IF part.options <> '' THEN
                  EXECUTE format(\(alter)(%s)', part.relid, \(literal: added.name), part.options);
                END IF;
                IF part.toastable AND part.storage <> part.its_storage THEN
                  EXECUTE format(\(alter)STORAGE %s', part.relid, \(literal: added.name), CASE part.storage
                    WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END);
                END IF;
                IF part.toastable AND part.method <> '' AND part.method <> part.its_method THEN
                  EXECUTE format(\(alter)COMPRESSION %s', part.relid, \(literal: added.name),
                    CASE part.method WHEN 'p' THEN 'pglz' ELSE 'lz4' END);
                END IF;
                IF part.comment IS NOT NULL THEN
                  EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', part.relid, \(literal: added.name), part.comment);
                END IF;
                FOR grant_of IN SELECT * FROM aclexplode(part.acl) LOOP
                  EXECUTE format('GRANT %s (%I) ON TABLE %s TO %s%s', grant_of.privilege_type, \(literal: added.name), part.relid,
                    CASE WHEN grant_of.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grant_of.grantee)) END,
                    CASE WHEN grant_of.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
                END LOOP;
              END LOOP;
            """
        )
    }

    /// Statements that set storage and compression back, followed by what gives each partition its own again.
    static func keepingStorage(of column: Identifier, of table: QualifiedName, _ statements: [SQL]) -> [SQL] {
        let each: SQL = """
            FROM pg_partition_tree(\(literal: table.quoted)::regclass) t
            JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(literal: column.name)
            """
        let noting = PartitionBlock.statement(
            declaring: "noted json",
            """
              SELECT json_agg(json_build_object('relation', t.relid::oid::bigint, 'storage', a.attstorage, 'method', a.attcompression))
              INTO noted \(each) WHERE t.level > 0;
              PERFORM set_config('online_change.storage', coalesce(noted::text, '[]'), true);
            """
        )
        let alter: SQL = "EXECUTE format('ALTER TABLE ONLY %s ALTER COLUMN %I SET "
        let restoring = PartitionBlock.statement(
            """
              FOR part IN SELECT t.relid, noted.storage, noted.method, a.attstorage AS its_storage, a.attcompression AS its_method \(each)
                JOIN json_to_recordset(current_setting('online_change.storage')::json)
                  AS noted(relation oid, storage "char", method "char") ON noted.relation = t.relid
              LOOP
                IF part.storage <> part.its_storage THEN
                  \(alter)STORAGE %s', part.relid, \(literal: column.name), CASE part.storage
                    WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END);
                END IF;
                IF part.method <> '' AND part.method <> part.its_method THEN
                  \(alter)COMPRESSION %s', part.relid, \(literal: column.name), CASE part.method WHEN 'p' THEN 'pglz' ELSE 'lz4' END);
                END IF;
              END LOOP;
            """
        )
        return [noting] + statements + [restoring]
    }
}
