import Postgres

extension TableBuilder {
    mutating func addConstraints() async throws(PostgresError) {
        if random.chance(80) { try await addPrimaryKey() }
        for _ in 0..<random.number(0...2) { try await addUnique() }
        for _ in 0..<random.number(0...2) { try await addCheck() }
        if random.chance(10) { try await addExclusion() }
    }

    private mutating func addPrimaryKey() async throws(PostgresError) {
        let key = random.chance(75) ? "\(columns[0].name)" : columnList(atMost: 3)
        let included: SQL = random.chance(10) ? " INCLUDE (\(anyColumn().name))" : ""
        try await attempt(
            "ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) PRIMARY KEY (\(key))\(included)\(deferral())"
        )
    }

    private mutating func addUnique() async throws(PostgresError) {
        let nulls: SQL = random.chance(20) ? " NULLS NOT DISTINCT" : ""
        let list: SQL = random.chance(50) ? "\(columns[0].name), \(anyColumn().name)" : columnList(atMost: 3)
        try await attempt(
            "ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) UNIQUE\(nulls) (\(list))\(deferral())"
        )
    }

    private mutating func addCheck() async throws(PostgresError) {
        let notInherited: SQL = random.chance(10) ? " NO INHERIT" : ""
        // One that no row violates, for the server would refuse an UPDATE of such a row by anyone.
        let check: SQL = """
            ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) CHECK (\(condition()))\(notInherited)
            """
        guard try await attempt(check), random.chance(20) else { return }
        let notValid = freshIdentifier()
        let condition = condition()
        let violated: SQL = """
            DO $check$ BEGIN IF EXISTS (SELECT FROM \(table) WHERE NOT (\(condition))) THEN RAISE 'violated'; END IF; END $check$
            """
        try await attempt(
            violated,
            "ALTER TABLE \(table) ADD CONSTRAINT \(notValid) CHECK (\(condition)) NOT VALID"
        )
    }

    private mutating func addExclusion() async throws(PostgresError) {
        let column = anyColumn().name
        let element: SQL = random.pick([
            "USING btree (\(column) WITH =)", "USING gist (\(column) WITH &&)", "(\(column) WITH =)",
            "USING hash (\(column) WITH =)", "USING btree (\(column) WITH =) WHERE (\(column) IS NOT NULL)",
        ])
        try await attempt(
            "ALTER TABLE \(table) ADD CONSTRAINT \(freshIdentifier()) EXCLUDE \(element)\(deferral())"
        )
    }

    mutating func deferral() -> SQL {
        random.pick(["", "", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"])
    }
}
