import Postgres

extension TableBuilder {
    mutating func addForeignKeys() async throws(PostgresError) {
        if random.chance(35) { try await addParent() }
        if random.chance(35) { try await addChild() }
        if random.chance(15) { try await addSelfReference() }
    }

    /// A table that one or two columns of ours refer to.
    private mutating func addParent() async throws(PostgresError) {
        let parent = freshName()
        let list = columnList(atMost: 2)
        try await attempt(
            "CREATE TABLE \(parent) AS SELECT DISTINCT \(list) FROM \(table) WHERE ROW(\(list)) IS NOT NULL",
            "ALTER TABLE \(parent) ADD PRIMARY KEY (\(list))",
            """
            ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) FOREIGN KEY (\(list))
            REFERENCES \(parent) (\(list))\(matching())\(actions())\(deferral())\(notValid())
            """
        )
    }

    /// A table that refers to one or two columns of ours.
    private mutating func addChild() async throws(PostgresError) {
        let child = freshName()
        let list = random.chance(70) ? "\(columns[0].name)" : columnList(atMost: 2)
        try await attempt(
            "CREATE TABLE \(child) AS SELECT \(list) FROM \(table) LIMIT 30",
            """
            ALTER TABLE \(child) ADD CONSTRAINT \(freshIdentifier()) FOREIGN KEY (\(list))
            REFERENCES \(table) (\(list))\(matching())\(actions())\(deferral())\(notValid())
            """
        )
    }

    private mutating func addSelfReference() async throws(PostgresError) {
        try await attempt(
            """
            ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) FOREIGN KEY (\(anyColumn().name))
            REFERENCES \(table) (\(columns[0].name))\(actions())\(deferral())\(notValid())
            """
        )
    }

    private mutating func matching() -> SQL {
        random.chance(20) ? " MATCH FULL" : ""
    }

    private mutating func actions() -> SQL {
        let actions: [SQL] = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]
        let delete: SQL = random.chance(50) ? " ON DELETE \(random.pick(actions))" : ""
        let update: SQL = random.chance(30) ? " ON UPDATE \(random.pick(actions))" : ""
        return "\(delete)\(update)"
    }

    private mutating func notValid() -> SQL {
        random.chance(15) ? " NOT VALID" : ""
    }
}
