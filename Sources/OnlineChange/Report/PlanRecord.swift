/// A plan as `--json` prints it: what `text` says, for machines. The plan that the ledger stores is the tool's own affair.
public struct PlanRecord: Encodable, Sendable {
    let change: String
    let recipe: String
    let table: String
    /// The recipe's arguments by name, as they were given.
    let arguments: [String: String]
    /// What the change brings about, in words.
    let outcome: String
    let estimatedRows: Int
    let heapBytes: Int
    let findings: [Finding]
    let phases: [Phase]

    struct Phase: Encodable, Sendable {
        let name: String
        let summary: String
        /// What must be deployed before the next phase.
        let gate: Gate?
        /// Whether it destroys what a rollback would need.
        let isFinal: Bool
        let steps: [Step]
    }

    struct Step: Encodable, Sendable {
        /// Counted from 1 through all phases.
        let position: Int
        let title: String
        let action: Part
        /// What undoes it, in order; empty where nothing need be, or can be, undone.
        let undo: [Part]
    }

    /// Statements that go together.
    struct Part: Encodable, Sendable {
        /// Locks and conditions, in words.
        let facts: [String]
        let statements: [String]

        init(_ action: Action) {
            facts = action.facts
            statements = action.statements.map(\.text)
        }
    }

    init(_ plan: Plan) {
        change = plan.change
        recipe = plan.recipe
        table = "\(plan.table)"
        arguments = plan.arguments
        outcome = plan.outcome.text
        estimatedRows = max(0, Int(plan.estimatedRows))
        heapBytes = plan.heapBytes
        findings = plan.findings
        var position = 0
        phases = plan.phases.map { phase in
            Phase(
                name: phase.name,
                summary: phase.summary,
                gate: phase.gate,
                isFinal: phase.isFinal,
                steps: phase.steps.map { step in
                    position += 1
                    return Step(
                        position: position,
                        title: step.title,
                        action: Part(step.action),
                        undo: step.undo.map { (step.undoPreparation + [$0]).map(Part.init) } ?? []
                    )
                }
            )
        }
    }
}
