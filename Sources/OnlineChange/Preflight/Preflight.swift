import Postgres

/// One thing that is looked at before a change touches anything.
public protocol PreflightCheck: SendableMetatype {
    /// What it found; empty if all is well.
    static func findings(_ subject: PreflightSubject) -> [Finding]
}

/// What the checks look at.
public struct PreflightSubject: Sendable {
    let table: TableSnapshot
    let facts: ServerFacts
    let names: ColumnNames
    /// Unfinished changes of the same table.
    let unfinished: [ChangeRecord]
    /// What depends on the column, if it must be carried to another.
    var dependents: ColumnDependents?
    /// What can't be carried on partitions, if the column is to be changed for another.
    var obstacles: [PartitionObstacle] = []
    /// The recipe's arguments.
    var arguments = ArgumentValues(columns: [:])
    /// Columns that refer to this one and change their type with it.
    var companions: [ReferringColumn] = []
    /// Those that stay as they are and can't hold all that it can.
    var leftBehind: [ReferringColumn] = []

    /// Whether the change writes rows: it fills an added column, or NULLs.
    var writesRows: Bool { names.added != nil || arguments.texts["fill"] != nil }
    /// The name of the column that the change is about.
    var from: Identifier { names.original }
    /// The name of the column that it adds, or of that column once more.
    var to: Identifier { names.added ?? names.original }
    /// The column that the change is about.
    var column: Column? { table.column(from) }
}

/// What is looked at before any change, whatever its recipe. What only some need, their operations name.
enum Preflight {
    private static let checks: [any PreflightCheck.Type] = [
        ServerCheck.self, TableKindCheck.self, PartitionCheck.self, ColumnCheck.self, PrivilegeCheck.self,
        RowSecurityCheck.self,
        WraparoundCheck.self, UnfinishedChangeCheck.self, OrphanedTriggerCheck.self, ReplicaIdentityCheck.self,
        AlwaysTriggerCheck.self,
        BackfillRuleCheck.self, ApplicationCheck.self, LedgerCheck.self,
    ]

    static func findings(_ subject: PreflightSubject, of recipe: Recipe) -> [Finding] {
        (checks + recipe.checks).flatMap { $0.findings(subject) }
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
