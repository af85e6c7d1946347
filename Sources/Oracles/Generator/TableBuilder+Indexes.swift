import Postgres

extension TableBuilder {
    mutating func addIndexes() async throws(PostgresError) {
        for _ in 0..<random.number(0...5) { try await addIndex() }
    }

    private mutating func addIndex() async throws(PostgresError) {
        let name = freshIdentifier()
        let method: SQL = random.pick(["btree", "btree", "btree", "btree", "hash", "gin", "gist", "brin", "spgist"])
        let isOrdered = method.text == "btree"
        var elements: [SQL] = []
        for _ in 0..<random.pick([1, 1, 1, 2, 3]) { elements.append(element(isOrdered: isOrdered)) }
        var tail: SQL = ""
        if random.chance(15) { tail = "\(tail) INCLUDE (\(columnList(atMost: 2)))" }
        if isOrdered, random.chance(10) { tail = "\(tail) NULLS NOT DISTINCT" }
        if random.chance(15) { tail = "\(tail) WITH (\(storageOption(of: method.text)))" }
        if random.chance(25) { tail = "\(tail) WHERE \(condition())" }
        let unique: SQL = isOrdered && random.chance(25) ? "UNIQUE " : ""
        let create: SQL = """
            CREATE \(unique)INDEX \(name) ON \(table) USING \(method) (\(.joined(elements)))\(tail)
            """
        guard try await attempt(create) else { return }
        let index = QualifiedName(schema: table.schema, name: name)
        if random.chance(10) { try await attempt("ALTER INDEX \(index) ALTER COLUMN 1 SET STATISTICS 77") }
        if random.chance(15) { try await attempt("COMMENT ON INDEX \(index) IS 'why it''s here'") }
        if random.chance(10) { try await attempt("ALTER TABLE \(table) CLUSTER ON \(name)") }
        if random.chance(15) { try await attempt("ALTER TABLE \(table) REPLICA IDENTITY USING INDEX \(name)") }
    }

    private mutating func element(isOrdered: Bool) -> SQL {
        let column = anyColumn()
        let name: SQL = "\(column.name)"
        var element =
            random.chance(70)
            ? name
            : random.pick([
                "lower(\(name))", "(\(name)::text)", "abs(\(name))", "(\(name) IS NULL)", "length(\(name))",
                "coalesce(\(name), \(column.constant(&random)))", "(\(name) || 'x')", "(\(name) + 1)",
                "(\(name) ->> 'a')",
            ])
        if random.chance(10) { element = #"\#(element) COLLATE "C""# }
        if random.chance(15) {
            element =
                "\(element) \(oneOf("text_pattern_ops", "varchar_pattern_ops", "int4_ops", "jsonb_path_ops", "inet_ops"))"
        }
        guard isOrdered else { return element }
        return "\(element)\(oneOf("", "", "", " DESC", " DESC NULLS LAST", " NULLS FIRST", " ASC NULLS FIRST"))"
    }

    private mutating func storageOption(of method: String) -> SQL {
        switch method {
        case "btree": random.pick(["fillfactor = 70", "deduplicate_items = off"])
        case "gin": "fastupdate = off, gin_pending_list_limit = 128"
        case "gist": "buffering = off, fillfactor = 80"
        case "brin": "pages_per_range = 4, autosummarize = on"
        default: "fillfactor = 80"
        }
    }
}
