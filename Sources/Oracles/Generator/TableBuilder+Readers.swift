import Postgres

extension TableBuilder {
    /// Views, rules, policies and functions.
    mutating func addReaders() async throws(PostgresError) {
        for _ in 0..<random.pick([0, 0, 1, 2]) { try await addView() }
        if random.chance(15) { try await addMaterializedView() }
        if random.chance(25) { try await addPolicies() }
        if random.chance(3) { try await addRule() }
        if random.chance(8) { try await addFunction() }
    }

    private mutating func addView() async throws(PostgresError) {
        let view = freshName()
        let options: SQL = random.pick(["", "", " WITH (security_barrier)", " WITH (security_invoker = true)"])
        let check: SQL = random.chance(15) ? " WITH CASCADED CHECK OPTION" : ""
        let columns = columnList(atMost: 4)
        let create: SQL = random.pick([
            "CREATE VIEW \(view)\(options) AS SELECT \(columns) FROM \(table) WHERE \(condition())\(check)",
            "CREATE VIEW \(view)\(options) AS SELECT * FROM \(table)",
            "CREATE VIEW \(view) AS SELECT count(*) AS number, \(anyColumn().name) FROM \(table) GROUP BY 2",
            "CREATE VIEW \(view) AS SELECT a.\(anyColumn().name) FROM \(table) AS a JOIN \(table) AS b USING (\(anyColumn().name))",
            "CREATE VIEW \(view) AS SELECT t.\(anyColumn().name)::text AS \(anyColumn().name), 1 AS n FROM \(table) AS t",
        ])
        guard try await attempt(create) else { return }
        if random.chance(30) { try await attempt("GRANT SELECT ON \(view) TO \(role())") }
        if random.chance(30) { try await attempt("COMMENT ON VIEW \(view) IS 'for the report'") }
        if random.chance(20) { try await attempt("COMMENT ON COLUMN \(view).\(anyColumn().name) IS 'of a view'") }
        if random.chance(20) {
            let column = anyColumn()
            try await attempt("ALTER VIEW \(view) ALTER \(column.name) SET DEFAULT \(column.constant(&random))")
        }
        if random.chance(30) {
            try await attempt("CREATE VIEW \(freshName()) AS SELECT v.*, 1 AS \"one more\" FROM \(view) AS v")
        }
    }

    private mutating func addMaterializedView() async throws(PostgresError) {
        let view = freshName()
        let list = columnList(atMost: 3)
        guard try await attempt("CREATE MATERIALIZED VIEW \(view) AS SELECT \(list) FROM \(table)") else { return }
        try await attempt("CREATE INDEX \(freshIdentifier()) ON \(view) (\(list))")
        if random.chance(30) { try await attempt("GRANT SELECT ON \(view) TO \(role())") }
    }

    private mutating func addPolicies() async throws(PostgresError) {
        if random.chance(80) { try await attempt("ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY") }
        if random.chance(20) { try await attempt("ALTER TABLE \(table) FORCE ROW LEVEL SECURITY") }
        for _ in 0..<random.number(1...2) {
            let name = freshIdentifier()
            let kind: SQL = random.chance(20) ? " AS RESTRICTIVE" : ""
            let clause: SQL = random.pick([
                " FOR SELECT TO \(role()) USING (\(condition()))", " FOR INSERT WITH CHECK (\(condition()))",
                " FOR UPDATE USING (\(condition())) WITH CHECK (\(condition()))",
                " USING (EXISTS (SELECT FROM \(table) AS i WHERE \(condition(prefix: "i."))))",
            ])
            guard try await attempt("CREATE POLICY \(name) ON \(table)\(kind)\(clause)") else { continue }
            if random.chance(30) { try await attempt("COMMENT ON POLICY \(name) ON \(table) IS 'mine'") }
        }
    }

    private mutating func addRule() async throws(PostgresError) {
        try await attempt(
            """
            CREATE RULE \(freshIdentifier()) AS ON \(oneOf("INSERT", "DELETE", "UPDATE")) TO \(table)
            WHERE \(condition(prefix: random.pick(["OLD.", "NEW."]))) DO \(oneOf("ALSO SELECT 1", "INSTEAD NOTHING"))
            """
        )
    }

    /// A body that the server parses and keeps in step with the column.
    private mutating func addFunction() async throws(PostgresError) {
        try await attempt(
            """
            CREATE FUNCTION \(freshName())() RETURNS bigint LANGUAGE sql STABLE
            BEGIN ATOMIC SELECT count(*) FROM \(table) WHERE \(condition()); END
            """
        )
    }
}
