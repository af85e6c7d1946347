import Postgres

/// The rights to change tables, to keep a ledger, to keep triggers still and to see others.
enum PrivilegeAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        let facts = subject.facts
        let role = "role \(facts.user)"
        let table = subject.table ?? .none(owner: facts.user)
        var found = PrivilegeCheck.findings(PreflightSubject(any: table, subject))
            .filter { $0.consequence == .privilege }.map { Ailment($0) }
        if !facts.canSilenceTriggers {
            found.append(
                .worthKnowing(
                    role,
                    "it may not set session_replication_role, so a backfill fires the table's own triggers for every row",
                    facts.version >= 15_00_00
                        ? "GRANT SET ON PARAMETER session_replication_role TO \(facts.user.quoted);"
                        : "Before PostgreSQL 15 only a superuser may."
                )
            )
        }
        if try await !subject.session.value("SELECT pg_has_role(session_user, 'pg_monitor', 'USAGE')") {
            found.append(
                .hurts(
                    role,
                    "it is no member of pg_monitor: it sees neither how far standbys lag nor what others run, and what it "
                        + "can't see holds a backfill back",
                    "GRANT pg_monitor TO \(facts.user.quoted);"
                )
            )
        }
        if subject.table == nil { found += try await foreignTables(subject) }
        return found
    }

    private static func foreignTables(_ subject: DoctorSubject) async throws -> [Ailment] {
        let member: SQL = subject.facts.version >= 16_00_00 ? "'SET'" : "'MEMBER'"
        let rows = try await subject.session.run(
            """
            SELECT pg_get_userbyid(c.relowner) AS owner, count(*) AS tables FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND \(subject.isOfInterest("c.oid"))
              AND NOT pg_has_role(session_user, c.relowner, \(member))
            GROUP BY 1 ORDER BY 2 DESC LIMIT 5
            """
        ).rows
        return try rows.map { row in
            let owner = Identifier(try row["owner"])
            return .worthKnowing(
                "role \(subject.facts.user)",
                "it can't change the \(Count.of(try row["tables"], "table")) of \(owner)",
                "Connect as \(owner), or: GRANT \(owner.quoted) TO \(subject.facts.user.quoted);"
            )
        }
    }
}
