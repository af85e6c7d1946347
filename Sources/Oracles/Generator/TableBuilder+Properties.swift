import Postgres

extension TableBuilder {
    /// What belongs to the table or to single columns and has no name of its own.
    mutating func addProperties() async throws(PostgresError) {
        for column in columns {
            try await addProperties(of: column)
        }
        if random.chance(25) { try await attempt("COMMENT ON TABLE \(table) IS \(literal: "a \"table\" of \(seed)")") }
        if random.chance(30) {
            try await attempt("GRANT \(oneOf("SELECT", "ALL", "INSERT, UPDATE")) ON \(table) TO \(role())")
        }
        if random.chance(25) {
            try await attempt(
                """
                ALTER TABLE \(table) SET (\(oneOf(
                    "fillfactor = 70", "autovacuum_vacuum_scale_factor = 0.3", "toast.autovacuum_enabled = off",
                    "parallel_workers = 2", "vacuum_truncate = off", "toast_tuple_target = 500"
                )))
                """
            )
        }
        if random.chance(15) { try await attempt("ALTER TABLE \(table) REPLICA IDENTITY FULL") }
        for _ in 0..<random.pick([0, 0, 0, 1, 2]) { try await addStatistics() }
        // Of a role that there is on every server; what it may do otherwise is not asked for.
        if random.chance(8) {
            try await attempt("GRANT CREATE, USAGE ON SCHEMA \(table.schema) TO pg_monitor")
            try await attempt("ALTER TABLE \(table) OWNER TO pg_monitor")
        }
    }

    private mutating func addProperties(of column: RandomColumn) async throws(PostgresError) {
        let alter: SQL = "ALTER TABLE \(table) ALTER \(column.name)"
        if random.chance(15) {
            try await attempt("COMMENT ON COLUMN \(table).\(column.name) IS \(literal: "the column's \\ text \(seed)")")
        }
        if random.chance(15) {
            let privilege: SQL = random.pick(["SELECT", "UPDATE", "SELECT, INSERT, UPDATE, REFERENCES"])
            let list: SQL = .joined(
                privilege.text.split(separator: ", ").map { "\(server: String($0)) (\(column.name))" }
            )
            try await attempt(
                "GRANT \(list) ON \(table) TO \(role())\(oneOf("", "", "", "", " WITH GRANT OPTION"))"
            )
        }
        if random.chance(15) { try await attempt("\(alter) SET STATISTICS \(oneOf("0", "10", "500"))") }
        if random.chance(15) {
            try await attempt("\(alter) SET STORAGE \(oneOf("PLAIN", "MAIN", "EXTERNAL", "EXTENDED"))")
        }
        if random.chance(10) { try await attempt("\(alter) SET COMPRESSION \(oneOf("lz4", "pglz"))") }
        if random.chance(10) {
            try await attempt("\(alter) SET (n_distinct = \(oneOf("-0.5", "100", "-1")))")
        }
        if random.chance(5) { try await attempt("\(alter) SET (n_distinct_inherited = 7)") }
    }

    private mutating func addStatistics() async throws(PostgresError) {
        let kinds: SQL = random.pick(["", "", " (ndistinct)", " (dependencies, mcv)"])
        let expression: SQL = "\(columnList(atMost: 2)), lower(\(anyColumn().name)::text)"
        let list = random.chance(70) ? columnList(atMost: 3) : expression
        let name = freshName()
        guard try await attempt("CREATE STATISTICS \(name)\(kinds) ON \(list) FROM \(table)") else { return }
        if random.chance(30) { try await attempt("ALTER STATISTICS \(name) SET STATISTICS 200") }
        if random.chance(30) { try await attempt("COMMENT ON STATISTICS \(name) IS 'together'") }
    }

    mutating func role() -> SQL {
        random.pick(["pg_monitor", "pg_read_all_data", "PUBLIC"])
    }
}
