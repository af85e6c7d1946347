import Postgres

/// Definitions of a table's indexes and triggers as the server would print them once two columns had exchanged names.
public struct ExchangedDefinitions: Codable, Hashable, Sendable {
    /// By index name, what follows the table's name in the definition: `USING btree (lower(full_name))`.
    public var indexes: [Identifier: String] = [:]
    /// By trigger name.
    public var triggers: [Identifier: TriggerDefinitions] = [:]
    /// Schemas of operators that the text of an object doesn't spell out, where there are any.
    public var lookup: [UserText: [Identifier]] = [:]

    /// The definitions of one trigger.
    public struct TriggerDefinitions: Codable, Hashable, Sendable {
        /// Before the exchange, firing for the added column too.
        public var widened: String
        /// As the server will print that.
        public var widenedAsPrinted: String
        /// As the server will print that after the exchange.
        public var widenedExchangedAsPrinted: String
        /// After the exchange, firing for the original column alone.
        public var exchanged: String
    }
}

/// Finds out how definitions read with other names by having the server deparse them.
///
/// An empty temporary copy of the table gets the indexes and triggers, its columns exchange their names, and
/// `pg_get_indexdef` and `pg_get_triggerdef` print them by attribute number. No text is replaced inside an expression,
/// so a column called `lower` or `name` is safe. All of it happens in a transaction that is rolled back. What a text
/// doesn't spell out is looked up as it was for the object, and proven to be the same.
struct ExchangeProbe {
    let session: Session
    let lockGuard: LockGuard
    let table: TableSnapshot
    let from: Identifier
    let to: Identifier

    private static let copy: Identifier = "online_change_probe"

    /// The definitions of everything that reads the column.
    ///
    /// - Throws: `Failure` if a definition isn't of the form that the server's own source gives it.
    func definitions() async throws -> ExchangedDefinitions {
        guard let column = table.column(from) else { return ExchangedDefinitions() }
        let indexes = table.indexes.filter { $0.columns.contains(column.number) }
        let triggers = table.triggers.filter { $0.updateOf.contains(column.number) }
        guard !indexes.isEmpty || !triggers.isEmpty else { return ExchangedDefinitions() }

        return try await lockGuard.rehearse(on: session) { rehearsal in
            try await rehearsal.run("CREATE TEMPORARY TABLE \(Self.copy) (LIKE \(table.name)) ON COMMIT DROP")
            if table.column(to) == nil {
                try await rehearsal.run("ALTER TABLE \(copy) ADD COLUMN \(to) \(server: column.baseType)")
            }
            let lookup = try await make(indexes, triggers, in: rehearsal)
            let spare = table.spareColumnName
            for (old, new) in [(from, spare), (to, from), (spare, to)] {
                try await rehearsal.run("ALTER TABLE \(copy) RENAME COLUMN \(old) TO \(new)")
            }
            return ExchangedDefinitions(
                indexes: try await read(indexes),
                triggers: try await read(triggers),
                lookup: lookup
            )
        }
    }

    private var copy: SQL { "pg_temp.\(Self.copy)" }

    /// Makes them on the copy.
    ///
    /// - Returns: where operators of theirs must be looked up.
    private func make(_ indexes: [Index], _ triggers: [Trigger], in rehearsal: Rehearsal) async throws
        -> [UserText: [Identifier]]
    {
        var lookup: [UserText: [Identifier]] = [:]
        for (number, index) in indexes.enumerated() {
            let name = Self.name("i", number)
            let body = try IndexText.body(of: index, on: table)
            lookup[.index(index.name)] = try await rehearsal.make(
                .index(index.name),
                "CREATE INDEX \(name) ON \(copy) \(server: body)",
                index.meaning,
                Meaning.tree(ofIndex: "pg_temp.\(name)")
            )
        }
        for (number, trigger) in triggers.enumerated() {
            var text = try parse(trigger)
            text.name = Self.name("t", number).name
            text.table = copy.text
            lookup[.trigger(trigger.name)] = try await rehearsal.make(
                .trigger(trigger.name),
                "\(server: text.text)",
                trigger.meaning,
                Meaning.tree(ofTrigger: Self.name("t", number), on: copy)
            )
        }
        return lookup
    }

    private func read(_ indexes: [Index]) async throws -> [Identifier: String] {
        let bodies = try await IndexText.bodies(of: Self.copy, on: session)
        return Dictionary(
            uniqueKeysWithValues: indexes.enumerated().compactMap { number, index in
                bodies[Self.name("i", number).name].map { (index.name, $0) }
            }
        )
    }

    private func read(_ triggers: [Trigger]) async throws -> [Identifier: ExchangedDefinitions.TriggerDefinitions] {
        let rows = try await session.run(
            """
            SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS definition, \(CatalogReader.updateOfList) AS columns,
                   format('%I.%I', n.nspname, c.relname) AS "table"
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass(\("pg_temp.\(Self.copy.quoted)")) AND NOT t.tgisinternal
            """
        ).rows
        var printed: [String: Row] = [:]
        for row in rows { printed[try row["name"]] = row }
        var result: [Identifier: ExchangedDefinitions.TriggerDefinitions] = [:]
        for (number, trigger) in triggers.enumerated() {
            let name = Self.name("t", number).name
            guard let row = printed[name] else { continue }
            let definition: String = try row["definition"]
            guard
                var exchanged = TriggerText(
                    definition,
                    name: name,
                    columns: try row["columns"],
                    table: IndexText.printed(try row["table"], copy: Self.copy, in: definition),
                    type: trigger.type,
                    isConstraint: trigger.isConstraint
                )
            else { throw unreadable("trigger \(trigger.name)") }
            exchanged.name = trigger.quotedName
            exchanged.table = table.quotedName
            var widened = try parse(trigger)
            widened.columns += ", " + to.quoted
            var asPrinted = widened
            asPrinted.columns =
                trigger.updateOfList + ", " + (try await session.value("SELECT quote_ident(\(to.name))"))
            var exchangedAsPrinted = exchanged
            exchangedAsPrinted.columns += ", " + (try await session.value("SELECT quote_ident(\(from.name))"))
            result[trigger.name] = .init(
                widened: widened.text,
                widenedAsPrinted: asPrinted.text,
                widenedExchangedAsPrinted: exchangedAsPrinted.text,
                exchanged: exchanged.text
            )
        }
        return result
    }

    private func parse(_ trigger: Trigger) throws(Failure) -> TriggerText {
        guard let text = TriggerText(trigger, table: table.quotedName) else {
            throw unreadable("trigger \(trigger.name)")
        }
        return text
    }

    private func unreadable(_ object: String) -> Failure {
        Failure(
            .notNow,
            "the definition of \(object) can't be read: it was changed or dropped meanwhile",
            left: "Nothing was changed.",
            next: "Run the same command again."
        )
    }

    private static func name(_ kind: String, _ number: Int) -> Identifier {
        Identifier("online_change_probe_\(kind)\(number)")
    }
}
