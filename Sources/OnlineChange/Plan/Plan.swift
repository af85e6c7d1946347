import Postgres

/// All that a change will do, decided before it begins and stored whole in the ledger.
public struct Plan: Codable, Hashable, Sendable {
    /// The change's name.
    public var change: String
    /// The recipe it was made from.
    public var recipe: String
    /// The recipe's arguments by name, as they were given.
    public var arguments: [String: String]
    /// What the columns are called.
    public var names: ColumnNames
    /// What the table has in the end.
    public var outcome: Outcome
    /// The table, as it was called when the plan was made.
    public var table: QualifiedName
    /// The table's oid.
    public var tableOID: UInt32
    /// Its owner, who owns all that the plan creates.
    public var owner: Identifier
    /// The phases in order.
    public var phases: [PlannedPhase]
    /// What the user should know before it starts.
    public var findings: [Finding]
    /// What the table looked like, to notice what others change meanwhile.
    public var fingerprint: Fingerprint
    /// The triggers that keep the columns equal, if one is added.
    public var dualWrite: DualWrite?
    /// The trigger that fills NULLs, if there is one.
    public var fill: FillTrigger?
    /// The comparison that `verify` makes before swap.
    public var verification: Verification
    /// The same from swap on, when the other column is the one that follows.
    public var verificationAfterSwap: Verification
    /// Whether copies of unique indexes are unique too.
    public var uniqueCopies: Bool
    /// Rows and bytes as they were estimated, for the reader of the plan.
    public var estimatedRows: Double
    /// Heap size in bytes when the plan was made.
    public var heapBytes: Int
    /// Columns that go along, by the order of their tables' names.
    public var companions: [PlannedColumn] = []

    /// Every step with its position in the plan, counted from 1 through all phases.
    public var steps: [(position: Int, phase: String, step: Step)] {
        var position = 0
        return phases.flatMap { phase in
            phase.steps.map { step in
                position += 1
                return (position, phase.name, step)
            }
        }
    }

    /// Triggers of ours that must stand from expand on.
    public var triggerNames: [Identifier] { columns.flatMap(\.triggerNames) }

    /// All triggers of ours, those included that come and go.
    public var allTriggerNames: [Identifier] { triggerNames + columns.flatMap { $0.dualWrite?.countingNames ?? [] } }

    /// What removes the objects that we keep outside of the table.
    public var cleanup: [SQL] { columns.flatMap(\.cleanup) }

    /// What the last phase takes away, in a sentence.
    public var destruction: String {
        if dualWrite != nil {
            let tables = columns.map { "\($0.table)" }
                .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .joined(separator: ", ")
            let what = companions.isEmpty ? "column" : "columns"
            return "This drops the legacy \(what) of \(tables), and there is no way back from it."
        }
        let drops = phases.last.map { !$0.steps.isEmpty } ?? false
        return drops
            ? "This drops the trigger that fills NULLs of \(table), and there is no way back from it."
            : "This ends the change of \(table), and there is no way back from it."
    }

    /// Whether nothing follows any more once the columns have their new roles.
    public var isOneWay: Bool { steps.contains { $0.step.isSwap && $0.step.undo == nil } }

    /// Whether the columns have their new roles, by the states of the plan's steps.
    public func isSwapped(_ states: [Int: String]) -> Bool {
        steps.contains { $0.step.isSwap && states[$0.position] == "done" }
    }

    /// The phase of that name.
    public func phase(_ name: String) -> PlannedPhase? {
        phases.first { $0.name == name }
    }

    /// The phase that follows the named one; the first for nil.
    public func phase(after name: String?) -> PlannedPhase? {
        guard let name else { return phases.first }
        guard let index = phases.firstIndex(where: { $0.name == name }) else { return nil }
        return phases.dropFirst(index + 1).first
    }

    /// Whether the named phase is `other` or comes after it. Nil comes before all.
    public func isAtLeast(_ name: String?, _ other: String) -> Bool {
        guard let name, let index = phases.firstIndex(where: { $0.name == name }) else { return false }
        return phases[...index].contains { $0.name == other }
    }
}

/// Names of the phases that recipes have.
enum PhaseNames {
    static let all = ["expand", "backfill", "swap", "drop"]
}

/// One phase of a plan.
public struct PlannedPhase: Codable, Hashable, Sendable {
    /// `expand`, `backfill`, `swap`, `drop`.
    public var name: String
    /// What it does, in a sentence.
    public var summary: String
    /// Its steps.
    public var steps: [Step]
    /// What lies between it and the next phase.
    public var gate: Gate?
    /// Whether it destroys what a rollback would need.
    public var isFinal: Bool
}
