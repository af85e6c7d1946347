import Postgres

/// How far the database and its tables are from wraparound.
enum AgeAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        if let table = subject.table {
            return WraparoundCheck.findings(PreflightSubject(any: table, subject)).map { Ailment($0) }
        }
        return try await database(subject) + tables(subject)
    }

    private static func database(_ subject: DoctorSubject) async throws -> [Ailment] {
        let row = try await subject.session.run(
            """
            SELECT greatest(age(datfrozenxid), mxid_age(datminmxid)) AS age FROM pg_database
            WHERE datname = current_database()
            """
        ).rows[0]
        let age: Int = try row["age"]
        guard age > WraparoundCheck.limit / 2 else { return [] }
        let text = "its oldest transaction number is \(Count.text(age)) old, of 2,147,483,647 that there are"
        let remedy = "Find what holds vacuum back (old transactions, slots), then: vacuumdb --freeze"
        let object = "database \(subject.facts.database)"
        return [age > WraparoundCheck.limit ? .blocks(object, text, remedy) : .hurts(object, text, remedy)]
    }

    private static func tables(_ subject: DoctorSubject) async throws -> [Ailment] {
        try await subject.session.run(
            """
            SELECT c.oid::regclass::text AS name, age(c.relfrozenxid) AS age
            FROM pg_class c WHERE c.relkind IN ('r', 'm') AND \(subject.isOfInterest("c.oid"))
              AND age(c.relfrozenxid) > least(current_setting('autovacuum_freeze_max_age')::bigint,
                (SELECT option_value::bigint FROM pg_options_to_table(c.reloptions)
                 WHERE option_name = 'autovacuum_freeze_max_age'))
            ORDER BY 2 DESC LIMIT 5
            """
        ).rows.map { row in
            let name: String = try row["name"]
            let age: Int = try row["age"]
            let text = "its oldest transaction number is \(Count.text(age)) old: "
            return age > WraparoundCheck.limit
                ? .blocks("table \(name)", "\(text)a change would be refused", "VACUUM (FREEZE) \(name);")
                : .hurts(
                    "table \(name)",
                    "\(text)an autovacuum that prevents wraparound is due or running, and gives way to no lock",
                    "VACUUM (FREEZE) \(name);"
                )
        }
    }
}
