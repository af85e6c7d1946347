import Postgres

/// Finds what in the catalog uses a legacy column: by the server's own record of dependencies where it keeps one, by the
/// text of function bodies where it doesn't.
struct ObjectEvidence: Sendable {
    let session: Session
    let plan: Plan

    func read(_ column: LegacyColumn) async throws -> [Evidence.Mention] {
        let reader = CatalogReader(session: session)
        var mentions: [Evidence.Mention] = []
        func add(_ object: String, _ basis: Evidence.Basis, isInTheWay: Bool, _ text: String) {
            mentions.append(
                Evidence.Mention(
                    table: "\(column.table)",
                    column: column.name.name,
                    object: object,
                    basis: basis,
                    isInTheWay: isInTheWay,
                    text: text
                )
            )
        }
        if let number = column.number {
            let ours = plan.ownObjects
            // What hung on a column before another took its place goes with it, as planned.
            let carried = Set(plan.columns(of: column.tableOID).flatMap { $0.fingerprint.carried ?? [] })
            for dependent in try await reader.dependents(oid: column.tableOID, column: number)
            where !ours.contains(dependent.name) && (dependent.keepsColumn || !carried.contains(dependent.object)) {
                add(
                    dependent.object,
                    .server,
                    isInTheWay: dependent.keepsColumn,
                    dependent.keepsColumn
                        ? "it uses the column, and the server refuses to drop that" : "it goes with the column"
                )
            }
        }
        for routine in try await reader.routines(oid: column.tableOID, mentions: [column.name])
        where routine.mentions(column.name) {
            add(
                "function \(routine.identity)",
                .text,
                isInTheWay: routine.isTriggerFunction,
                routine.isTriggerFunction
                    ? "it is a trigger of the table, and its body mentions the name: every write would fail"
                    : "its body mentions the name and the table"
            )
        }
        return mentions
    }
}

extension Plan {
    /// Names of triggers, constraints and indexes that the change itself puts on its columns.
    var ownObjects: Set<Identifier> {
        Set(
            allTriggerNames + columns.flatMap(\.fingerprint.ours)
                + columns.flatMap { $0.fingerprint.rewrittenTriggers.keys }
                + steps.flatMap { step in
                    step.step.undoPreparation.compactMap(\.builtIndex) + [step.step.action.builtIndex].compactMap { $0 }
                }
        )
    }
}

extension Action {
    /// The name of the index that it builds.
    fileprivate var builtIndex: Identifier? {
        switch self {
        case .buildIndex(let build): build.index.name
        case .buildPartitionedIndex(let build): build.index.name
        default: nil
        }
    }
}
