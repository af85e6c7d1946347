import Postgres

/// What is left of changes that no ledger knows any more: triggers on tables, functions and sequences in our schema.
enum LeftoverAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        guard let unfinished = subject.unfinished else { return [] }
        return try await triggers(subject, unfinished) + objects(subject, unfinished)
    }

    private static func triggers(_ subject: DoctorSubject, _ unfinished: [ChangeRecord]) async throws -> [Ailment] {
        let known = Set(unfinished.flatMap(\.plan.allTriggerNames))
        var names: [QualifiedName: [Identifier]] = [:]
        for row in try await subject.session.run(
            """
            SELECT n.nspname AS schema, c.relname AS name, t.tgname AS trigger
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND strpos(t.tgname, 'online_change ') > 0
              AND \(subject.isOfInterest("c.oid"))
            """
        ).rows {
            let name = Identifier(try row["trigger"])
            // One that fills NULLs may have been kept for good.
            guard DualWrite.isOurs(name), !name.name.hasSuffix(" fill"), !known.contains(name) else { continue }
            names[QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"])), default: []]
                .append(name)
        }
        return names.sorted { $0.key.quoted < $1.key.quoted }.map { table, triggers in
            let drops = triggers.map { "DROP TRIGGER \($0.quoted) ON \(table.quoted);" }.joined(separator: " ")
            return .blocks(
                "table \(table)",
                "\(Count.of(triggers.count, "trigger")) on it belong to a change that the ledger doesn't know",
                "Bring schema online_change back from a backup, or take away what the change left: \(drops) then the "
                    + "column that it had added."
            )
        }
    }

    private static func objects(_ subject: DoctorSubject, _ unfinished: [ChangeRecord]) async throws -> [Ailment] {
        guard subject.table == nil else { return [] }
        // What the plans' own clean-up names is known; functions of triggers that were kept are in use.
        let cleanup = unfinished.flatMap(\.plan.cleanup).map(\.text)
        var drops: [String] = []
        for row in try await subject.session.run(
            """
            SELECT 'FUNCTION' AS kind, p.proname AS name, p.oid::regprocedure::text AS whole, 1 AS place
            FROM pg_proc p WHERE p.pronamespace = to_regnamespace('online_change')
              AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid)
            UNION ALL
            SELECT 'SEQUENCE', c.relname, c.oid::regclass::text, 2 FROM pg_class c
            WHERE c.relnamespace = to_regnamespace('online_change') AND c.relkind = 'S'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                              AND d.deptype IN ('a', 'i'))
            ORDER BY place, name
            """
        ).rows {
            let name = QualifiedName(schema: "online_change", name: Identifier(try row["name"]))
            guard !cleanup.contains(where: { $0.contains(name.quoted) }) else { continue }
            drops.append("DROP \(try row["kind"] as String) \(try row["whole"] as String);")
        }
        guard !drops.isEmpty else { return [] }
        let more = drops.count > 3 ? " and \(Count.text(drops.count - 3)) more" : ""
        return [
            .worthKnowing(
                "schema online_change",
                "\(Count.text(drops.count)) of its functions and sequences belong to no unfinished change",
                drops.prefix(3).joined(separator: " ") + more
            )
        ]
    }
}
