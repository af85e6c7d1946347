import Postgres

/// Finds out what stands on a column that is to become NOT NULL, and what its NULLs are to become.
struct NotNullProbe {
    let session: Session
    let lockGuard: LockGuard
    let facts: ServerFacts
    let table: TableSnapshot
    let column: Column
    /// The schemas in which the user's session looks names up.
    let searchPath: [Identifier]

    /// - Parameter fill: the fill expression as the user wrote it, if one was given.
    /// - Throws: `Failure.refused` if the expression is none, or if there is none and rows have NULL.
    func facts(fill: String?) async throws -> NotNullFacts {
        var found = try await constraints()
        guard found.proof == nil else { return found }
        if let fill {
            let probe = FillProbe(
                session: session,
                lockGuard: lockGuard,
                table: table,
                column: column,
                searchPath: searchPath
            )
            found.fill = try await probe.expression(fill)
        } else {
            try await refuseNulls()
        }
        return found
    }

    private func constraints() async throws -> NotNullFacts {
        var found = NotNullFacts()
        let rows = try await session.run(
            """
            SELECT con.conname AS name, con.contype::text AS kind, con.convalidated AS valid,
              con.connoinherit AS own_alone, obj_description(con.oid, 'pg_constraint') AS comment,
              con.contype = 'f' OR con.condeferrable AS by_trigger,
              coalesce(con.contype = 'c' AND pg_get_expr(con.conbin, con.conrelid)
                       = format('(%I IS NOT NULL)', a.attname), false) AS says_it
            FROM pg_constraint con JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = ANY (con.conkey)
            WHERE con.conrelid = \(table.oid)::oid AND a.attnum = \(column.number)
            ORDER BY con.conname COLLATE "C"
            """
        ).rows
        for row in rows {
            let name = Identifier(try row["name"])
            let kind: String = try row["kind"]
            let isValid: Bool = try row["valid"]
            let saysIt: Bool = try row["says_it"]
            switch kind {
            case "n" where isValid: break
            case "n":
                found.pending = NotNullConstraint(
                    name: name,
                    comment: try row["comment"],
                    isNoInherit: try row["own_alone"]
                )
            case "c" where saysIt:
                // For a composite value the check asks something else than NOT NULL.
                if isValid, column.baseTypeKind != "c" { found.proof = found.proof ?? name }
            default:
                found.demands.append(
                    .init(object: "constraint \(name)", kind: kind, isCheckedByTrigger: try row["by_trigger"])
                )
            }
        }
        found.demands += try await ownDemands()
        found.findings += try await constraintsOfTheirOwn()
        let owned = Set(found.demands.map(\.object))
        for index in table.indexes where index.isUnique && index.columns.contains(column.number) {
            // An index of a constraint bears its name.
            guard !owned.contains("constraint \(index.name)") else { continue }
            found.demands.append(.init(object: "index \(index.name)", kind: "u", isCheckedByTrigger: false))
        }
        // Names of NOT NULL constraints are free in the whole schema when the server chooses one.
        let taken = try await session.run(
            """
            SELECT con.conname AS name FROM pg_constraint con JOIN pg_class c ON c.oid = \(table.oid)::oid
            WHERE con.conrelid IN \(CatalogReader.tree)
               OR con.connamespace = c.relnamespace AND con.conname ~ '_not_null[0-9]*$'
            """
        ).rows
        found.taken = Set(try taken.map { try $0["name"] as String })
        return found
    }

    /// NOT NULL of partitions that none may inherit (18): the server merges it with no other.
    private func constraintsOfTheirOwn() async throws -> [Finding] {
        try await session.run(
            """
            SELECT quote_ident(con.conname) AS name, con.conrelid::regclass::text AS part
            FROM pg_partition_tree(\(table.oid)::oid::regclass) t JOIN pg_constraint con ON con.conrelid = t.relid
            JOIN pg_attribute a ON a.attrelid = con.conrelid AND ARRAY[a.attnum] = con.conkey
            WHERE t.level > 0 AND a.attname = \(column.name.name) AND con.contype = 'n' AND con.connoinherit
            ORDER BY 1, 2
            """
        ).rows.map { row in
            let (name, part): (String, String) = (try row["name"], try row["part"])
            return .refused(
                "constraint \(name) on \(part)",
                "it is NOT NULL with NO INHERIT, which the server merges with no NOT NULL of the whole table",
                wayOut: "ALTER TABLE \(part) ALTER CONSTRAINT \(name) INHERIT;"
            )
        }
    }

    /// What partitions demand beside their parent.
    private func ownDemands() async throws -> [NotNullFacts.Demand] {
        try await session.run(
            """
            SELECT 'constraint ' || con.conname || ' on ' || con.conrelid::regclass AS object, con.contype::text AS kind,
              con.contype = 'f' OR con.condeferrable AS by_trigger
            FROM pg_partition_tree(\(table.oid)::oid::regclass) t JOIN pg_constraint con ON con.conrelid = t.relid
            JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = ANY (con.conkey)
            WHERE t.level > 0 AND a.attname = \(column.name.name) AND con.contype IN ('c', 'f', 'p', 'u', 'x')
              AND con.conparentid = 0 AND con.coninhcount = 0
            UNION ALL
            SELECT 'index ' || i.indexrelid::regclass, 'u', false
            FROM pg_partition_tree(\(table.oid)::oid::regclass) t JOIN pg_index i ON i.indrelid = t.relid
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = \(column.name.name)
            WHERE t.level > 0 AND i.indisunique
              AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
              AND (a.attnum = ANY (i.indkey::smallint[])
                   OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
            ORDER BY 1
            """
        ).rows.map {
            .init(object: try $0["object"], kind: try $0["kind"], isCheckedByTrigger: try $0["by_trigger"])
        }
    }

    private func refuseNulls() async throws {
        let look = NullLook(session: session, table: table, column: column, report: lockGuard.report)
        let found = try await look.run()
        guard found.nulls > 0 else { return }
        throw Failure(
            .refused,
            "column \(table.name).\(column.name) is NULL in \(found.isWhole ? "" : "at least ")"
                + "\(Count.text(found.nulls)) \(found.nulls == 1 ? "row" : "rows"): "
                + found.keys.joined(separator: " | ") + (found.nulls > found.keys.count ? " | …" : ""),
            left: "Nothing was changed.",
            next: "Give these rows a value, or say with --fill EXPRESSION what NULLs are to become."
        )
    }
}
