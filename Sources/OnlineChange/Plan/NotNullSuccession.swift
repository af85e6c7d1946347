import Postgres

/// How NOT NULL passes from one column to another.
///
/// Before 18 it is a mark of the column. From 18 on it is a constraint with a name and a comment, and a partition can
/// have one of its own, which stays when the table's goes (PostgreSQL manual, "Constraints" and ALTER TABLE).
extension Succession {
    /// NOT NULL for the column that has the name now, from a check that proves it.
    func notNull() -> [SQL] {
        let passing = Ready.passing(self).map { "DROP CONSTRAINT IF EXISTS \($0)" as SQL }
        return (column.isNotNull ? enforced() : []) + ["ALTER TABLE \(table.name) \(SQL.joined(passing))"]
    }

    private func enforced() -> [SQL] {
        guard let constraint = dependents.notNull else {
            return ["ALTER TABLE \(table.name) ALTER COLUMN \(names.original) SET NOT NULL"]
        }
        return partitionNotNullOwn()
            // What was never held against the rows that were there before isn't now.
            + constraint.addition(to: table.name, column: names.original, isProven: !column.isNotNullPending)
            + partitionNotNullComments()
    }

    private var partitionsHaveConstraints: Bool { table.isPartitioned && dependents.notNull != nil }

    /// Notes what partitions have of their own, before it goes.
    ///
    /// One that only hangs on the table's gets the table's name, as from the plain ALTER: made apart, it would outlive the
    /// table's.
    func partitionNotNullNotes() -> [SQL] {
        guard partitionsHaveConstraints else { return [] }
        return [
            PartitionBlock.statement(
                declaring: "noted json",
                """
                  SELECT json_agg(json_build_object('relation', con.conrelid::bigint, 'name', con.conname, 'level', t.level,
                      'is_own', con.conislocal, 'comment', obj_description(con.oid, 'pg_constraint')))
                  INTO noted FROM pg_partition_tree(\(root)) t
                  JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(literal: names.original.name)
                  JOIN pg_constraint con ON con.conrelid = t.relid AND con.contype = 'n' AND con.conkey = ARRAY[a.attnum]
                  WHERE t.level > 0;
                  PERFORM set_config('online_change.not_null', coalesce(noted::text, '[]'), true);
                """
            )
        ]
    }

    /// Takes it off partitions of which it is their own: the table's doesn't take it along.
    func partitionNotNullReleases() -> [SQL] {
        guard partitionsHaveConstraints, column.isNotNull else { return [] }
        return [
            PartitionBlock.statement(
                """
                  FOR part IN SELECT t.relid FROM pg_partition_tree(\(root)) t JOIN pg_attribute a ON a.attrelid = t.relid
                      AND a.attname = \(literal: names.original.name) AND a.attnotnull WHERE t.level > 0 ORDER BY t.level
                  LOOP
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', part.relid, \(literal: names.original.name));
                  END LOOP;
                """
            )
        ]
    }

    /// Gives partitions their own, from below: what is above then finds it there.
    private func partitionNotNullOwn() -> [SQL] {
        guard partitionsHaveConstraints else { return [] }
        let unproven: SQL = column.isNotNullPending ? " NOT VALID" : ""
        return [
            PartitionBlock.statement(
                """
                  FOR part IN SELECT * FROM \(Self.notedNotNull) WHERE is_own ORDER BY level DESC, relation LOOP
                    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I NOT NULL %I\(unproven)', part.relation::regclass, part.name, \
                \(literal: names.original.name));
                  END LOOP;
                """
            )
        ]
    }

    private func partitionNotNullComments() -> [SQL] {
        guard partitionsHaveConstraints else { return [] }
        return [
            PartitionBlock.statement(
                """
                  FOR part IN SELECT con.conname, con.conrelid, noted.comment FROM \(Self.notedNotNull)
                      JOIN pg_attribute a ON a.attrelid = noted.relation AND a.attname = \(literal: names.original.name)
                      JOIN pg_constraint con ON con.conrelid = noted.relation AND con.contype = 'n' AND con.conkey = ARRAY[a.attnum]
                      WHERE noted.comment IS NOT NULL
                  LOOP
                    EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', part.conname, part.conrelid::regclass, part.comment);
                  END LOOP;
                """
            )
        ]
    }

    private static let notedNotNull: SQL = """
        json_to_recordset(current_setting('online_change.not_null')::json)
          AS noted(relation oid, name text, level int, is_own boolean, comment text)
        """
}

extension NotNullConstraint {
    /// Adds it, with its comment.
    ///
    /// - Parameter isProven: whether it is held against the rows that are there, which a valid check must spare.
    func addition(to table: QualifiedName, column: Identifier, isProven: Bool) -> [SQL] {
        let reach: SQL = isNoInherit ? " NO INHERIT" : ""
        let validity: SQL = isProven ? "" : " NOT VALID"
        let adding: SQL = "ALTER TABLE \(table) ADD CONSTRAINT \(name) NOT NULL \(column)\(reach)\(validity)"
        guard let comment else { return [adding] }
        return [adding, "COMMENT ON CONSTRAINT \(name) ON \(table) IS \(literal: comment)"]
    }
}
