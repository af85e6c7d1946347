import Postgres

extension TableBuilder {
    /// Triggers whose functions name no column, so that any of them may be renamed.
    mutating func addTriggers() async throws(PostgresError) {
        guard random.chance(30) else { return }
        let log = freshName()
        let touch = freshName()
        let note = freshName()
        guard
            try await attempt(
                "CREATE TABLE \(log) (event text, trigger text)",
                "CREATE FUNCTION \(touch)() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                """
                CREATE FUNCTION \(note)() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                AS \(literal: "BEGIN INSERT INTO \(log.quoted) VALUES (TG_OP, TG_NAME); RETURN NULL; END")
                """
            )
        else { return }
        for _ in 0..<random.number(1...3) { try await addTrigger(touch: touch, note: note) }
    }

    private mutating func addTrigger(touch: QualifiedName, note: QualifiedName) async throws(PostgresError) {
        let name = freshIdentifier()
        let isBefore = random.chance(40)
        let isConstraint = !isBefore && random.chance(20)
        let events: SQL = random.pick([
            "UPDATE OF \(columnList(atMost: 3))", "UPDATE OF \(anyColumn().name)", "UPDATE", "INSERT",
            "INSERT OR UPDATE OF \(columnList(atMost: 2))", "INSERT OR UPDATE",
        ])
        let column = anyColumn().name
        let condition: SQL = random.pick([
            "", "", " WHEN (OLD.\(column) IS DISTINCT FROM NEW.\(column))", " WHEN (\(condition(prefix: "NEW.")))",
            " WHEN (OLD.* IS DISTINCT FROM NEW.*)", " WHEN (pg_trigger_depth() < 2)",
        ])
        let kind: SQL = isConstraint ? "CONSTRAINT TRIGGER" : "TRIGGER"
        let timing: SQL = isBefore ? "BEFORE" : "AFTER"
        let deferral: SQL = isConstraint ? self.deferral() : ""
        guard
            try await attempt(
                """
                CREATE \(kind) \(name) \(timing) \(events) ON \(table)\(deferral) FOR EACH ROW\(condition)
                EXECUTE FUNCTION \(isBefore ? touch : note)(\(oneOf("", "'it''s'", #"'a', '\'"#)))
                """
            )
        else { return }
        if random.chance(30) { try await attempt("COMMENT ON TRIGGER \(name) ON \(table) IS 'fires'") }
        guard random.chance(15) else { return }
        // One that fires in a replica's session sees the backfill, as the plan says, and would log it or fail on it.
        let isSilent = isBefore && condition.text.isEmpty
        let state: SQL = isSilent ? oneOf("DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS") : "DISABLE"
        try await attempt("ALTER TABLE \(table) \(state) TRIGGER \(name)")
    }
}
