import Postgres

/// What stands on the column, as texts that are run on the copy, and what the server then prints.
extension TypeProbe {
    /// Indexes, checks, triggers, policies and statistics.
    func texts(_ column: Column, _ indexes: [Index], _ checks: [Constraint]) throws(Failure) -> [Text] {
        var texts: [Text] = []
        for (number, index) in indexes.enumerated() {
            let name = Self.name("i", number)
            let body = try IndexText.body(of: index, on: table)
            texts.append(
                Text(
                    object: .index(index.name),
                    meaning: index.meaning,
                    statement: creation(of: index, name, body),
                    tree: Meaning.tree(ofIndex: "pg_temp.\(name)"),
                    removal: "DROP INDEX pg_temp.\(name)"
                )
            )
        }
        for (number, check) in checks.enumerated() {
            let name = Self.name("c", number)
            texts.append(
                Text(
                    object: .constraint(check.name),
                    meaning: check.meaning,
                    statement: "ALTER TABLE \(probe) ADD CONSTRAINT \(name) \(server: check.definition)",
                    tree: Meaning.tree(ofCheck: name, on: probe),
                    removal: "ALTER TABLE \(probe) DROP CONSTRAINT \(name)"
                )
            )
        }
        for (number, trigger) in table.triggers.enumerated()
        where trigger.columns.contains(column.number) && !DualWrite.isOurs(trigger.name) {
            guard var text = TriggerText(trigger, table: table.quotedName) else {
                throw Failure(.refused, "the definition of trigger \(trigger.name) can't be read")
            }
            text.name = Self.name("t", number).name
            text.table = probe.text
            texts.append(
                Text(
                    object: .trigger(trigger.name),
                    meaning: trigger.meaning,
                    statement: "\(server: text.text)",
                    tree: Meaning.tree(ofTrigger: Self.name("t", number), on: probe)
                )
            )
        }
        return texts + policies + statistics
    }

    /// In a policy with a subquery the columns bear the table's name.
    private var policies: [Text] {
        let namesake = QualifiedName(schema: "pg_temp", name: table.name.name)
        return dependents.policies.map { policy in
            Text(
                object: .policy(policy.name),
                meaning: policy.meaning,
                statement: policy.creation(on: namesake)[0],
                tree: Meaning.tree(ofPolicy: policy.name, on: "\(namesake)"),
                preparation: ["ALTER TABLE \(probe) RENAME TO \(table.name.name)"]
            )
        }
    }

    private var statistics: [Text] {
        dependents.statistics.enumerated().map { number, statistics in
            let name = Self.name("s", number)
            return Text(
                object: .statistics(statistics.name),
                meaning: statistics.meaning,
                statement: "CREATE STATISTICS pg_temp.\(name) ON \(server: statistics.columns) FROM \(probe)",
                tree: "SELECT x.stxexprs::text FROM pg_statistic_ext x WHERE x.stxname = \(literal: name.name)"
            )
        }
    }

    /// Views, which read the table itself: what they are with the new type isn't tried.
    var views: [Text] {
        dependents.views.enumerated().map { number, view in
            let name = Self.name("v", number)
            return Text(
                object: .view(view.name),
                meaning: view.meaning,
                statement: "CREATE TEMPORARY VIEW \(name) AS \(server: view.query)",
                tree: Meaning.tree(ofView: "pg_temp.\(name)")
            )
        }
    }

    /// The column's default.
    func defaulting(_ expression: String?) -> [Text] {
        guard let expression else { return [] }
        return [
            Text(
                object: .columnDefault,
                meaning: dependents.defaultMeaning,
                statement: "ALTER TABLE \(probe) ALTER COLUMN \(names.original) SET DEFAULT \(server: expression)",
                tree: Meaning.tree(ofDefault: names.original, of: probe)
            )
        ]
    }

    private func creation(of index: Index, _ name: Identifier, _ body: String) -> SQL {
        let unique: SQL = index.isUnique ? "UNIQUE " : ""
        return "CREATE \(unique)INDEX \(name) ON \(probe) \(server: body)"
    }

    /// What indexes call their columns when they are built now.
    func columns(
        _ indexes: [Index],
        _ bodies: [Identifier: String],
        _ lookup: [UserText: [Identifier]],
        in rehearsal: Rehearsal
    ) async throws -> [Identifier: [Identifier]] {
        try await rehearsal.run("SAVEPOINT online_change_columns")
        for (number, index) in indexes.enumerated() {
            guard let body = bodies[index.name] else { continue }
            let name = Self.name("i", number)
            try await rehearsal.run("DROP INDEX pg_temp.\(name)")
            let path = LookupPath.text(lookup[.index(index.name)] ?? [])
            try await rehearsal.run(creation(of: index, name, body), searchPath: path)
        }
        let names = try await columns(indexes)
        try await rehearsal.run("ROLLBACK TO SAVEPOINT online_change_columns")
        return names
    }

    /// What the indexes of the copy call their columns.
    func columns(_ indexes: [Index]) async throws -> [Identifier: [Identifier]] {
        var names: [Identifier: [Identifier]] = [:]
        for (number, index) in indexes.enumerated() {
            names[index.name] = try await session.run(
                """
                SELECT a.attname AS name FROM pg_attribute a
                WHERE a.attrelid = to_regclass(\("pg_temp.\(Self.name("i", number).quoted)")) ORDER BY a.attnum
                """
            ).rows.map { Identifier(try $0["name"]) }
        }
        return names
    }

    func read(_ indexes: [Index]) async throws -> [Identifier: String] {
        let bodies = try await IndexText.bodies(of: Self.copy, on: session)
        return Dictionary(
            uniqueKeysWithValues: indexes.enumerated().compactMap { number, index in
                bodies[Self.name("i", number).name].map { (index.name, $0) }
            }
        )
    }

    func read(_ checks: [Constraint]) async throws -> [Identifier: String] {
        var definitions: [Identifier: String] = [:]
        for (number, check) in checks.enumerated() {
            definitions[check.name] = try await session.value(
                """
                SELECT pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid = to_regclass(\(probe.text)) AND conname = \(Self.name("c", number).name)
                """
            )
        }
        return definitions
    }
}
