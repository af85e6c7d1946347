import Postgres

/// What follows the table's name in index definitions as the server prints them.
enum IndexText {
    /// `USING btree (name)` of `CREATE INDEX users_name ON public.users USING btree (name)`.
    ///
    /// - Throws: `Failure.refused` if the definition isn't of the form that the server's own source gives it.
    static func body(_ definition: String, name: String, isUnique: Bool, table: String) throws(Failure) -> String {
        let create = "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(name) ON "
        // The index of a partitioned table is printed as one of that alone, whatever partitions it reaches.
        guard let beginning = ["\(create)\(table) ", "\(create)ONLY \(table) "].first(where: definition.hasPrefix)
        else {
            throw Failure(.refused, "the definition of index \(name) can't be read: \(definition)")
        }
        return String(definition.dropFirst(beginning.count))
    }

    /// That of an index of a table.
    static func body(of index: Index, on table: TableSnapshot) throws(Failure) -> String {
        try body(index.definition, name: index.quotedName, isUnique: index.isUnique, table: table.quotedName)
    }

    /// The same for each index of a temporary table, by the index's name.
    static func bodies(of copy: Identifier, on session: Session) async throws -> [String: String] {
        let rows = try await session.run(
            """
            SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition, i.indisunique,
                   format('%I.%I', n.nspname, t.relname) AS "table"
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE t.oid = to_regclass(\("pg_temp.\(copy.quoted)"))
            """
        ).rows
        var bodies: [String: String] = [:]
        for row in rows {
            let name: String = try row["name"]
            let definition: String = try row["definition"]
            bodies[name] = try body(
                definition,
                name: name,
                isUnique: try row["indisunique"],
                table: printed(try row["table"], copy: copy, in: definition)
            )
        }
        return bodies
    }

    /// The copy's name as the definition has it: newer servers print `pg_temp` for the session's own schema.
    static func printed(_ table: String, copy: Identifier, in definition: String) -> String {
        definition.contains(" ON \(table)") ? table : "pg_temp.\(copy)"
    }
}
