import Postgres

/// One thing that is looked at before a change touches anything.
protocol PreflightCheck: SendableMetatype {
    /// What it found; empty if all is well.
    static func findings(_ subject: PreflightSubject) -> [Finding]
}

/// What the checks look at.
struct PreflightSubject: Sendable {
    let table: TableSnapshot
    let facts: ServerFacts
    let from: Identifier
    let to: Identifier
    /// Unfinished changes of the same table.
    let unfinished: [ChangeRecord]

    /// The column to be renamed.
    var column: Column? { table.column(from) }
}

/// All checks there are. A new one is added here.
enum Preflight {
    private static let checks: [any PreflightCheck.Type] = [
        ServerCheck.self, TableKindCheck.self, ColumnCheck.self, TargetNameCheck.self, PrivilegeCheck.self,
        RowSecurityCheck.self, WraparoundCheck.self, UnfinishedChangeCheck.self, RowWidthCheck.self,
        PublicationCheck.self, RowTypeCheck.self, WholeRowCheck.self, ReplicaIdentityCheck.self,
        SharedObjectCheck.self, AlwaysTriggerCheck.self, TriggerBodyCheck.self, RuleCheck.self,
        ApplicationCheck.self, LedgerCheck.self,
    ]

    static func findings(_ subject: PreflightSubject) -> [Finding] {
        checks.flatMap { $0.findings(subject) }
    }

    /// Refuses if a finding stands in the way: refusals first, then privileges, then what was not acknowledged.
    static func enforce(_ findings: [Finding], acknowledged: Set<String>) throws(Failure) {
        let refused = findings.filter { $0.consequence == .refused }
        let privileges = findings.filter { $0.consequence == .privilege }
        let open = findings.filter { $0.consequence == .acknowledge && !acknowledged.contains($0.object) }
        guard
            let (kind, reasons) = [(Failure.Kind.refused, refused), (.privilege, privileges), (.refused, open)]
                .first(where: { !$0.1.isEmpty })
        else { return }
        throw Failure(
            kind,
            reasons.map { "\($0.object): \($0.message)" }.joined(separator: "\n"),
            left: "Nothing was changed.",
            next: reasons.compactMap(\.wayOut).joined(separator: "\n")
        )
    }
}
