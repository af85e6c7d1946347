import Postgres

/// What preflight would say of any change of the table: its kind, its partitions, rules, row security, publications.
enum TableAilments: DoctorCheck {
    private static let checks: [any PreflightCheck.Type] = [
        TableKindCheck.self, PartitionCheck.self, RowSecurityCheck.self, ReplicaIdentityCheck.self,
        BackfillRuleCheck.self, PublicationCheck.self, RowTypeCheck.self,
    ]

    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        guard let table = subject.table else { return [] }
        let preflight = PreflightSubject(any: table, subject)
        var found = checks.flatMap { $0.findings(preflight) }.map { Ailment($0) }
        let lock = TableLock(table: table.name, mode: .accessExclusive, reason: "any change of it")
        let old = try await Blocker.holding([lock], on: subject.session).filter { ($0.age ?? 0) > 1 }
        found += old.map {
            .hurts(
                "table \(table.name)",
                "\($0.description) holds it: expand, swap and drop wait for the end of that transaction",
                $0.pid.map { "Let it end, or: SELECT pg_terminate_backend(\($0));" }
                    ?? "COMMIT PREPARED or ROLLBACK PREPARED, by whoever prepared it."
            )
        }
        return found
    }
}
