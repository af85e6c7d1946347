import Postgres

/// Turns a recipe, its arguments and what the catalog says into a plan. Pure: the same input gives the same plan.
public struct Planner: Sendable {
    /// The recipe.
    public let recipe: Recipe
    /// Its arguments by name; columns by their bare names.
    public let arguments: [String: String]
    /// The change's name.
    public let change: String
    /// What the user chose.
    public let options: PlanningOptions

    /// A planner for a recipe.
    public init(recipe: Recipe, arguments: [String: String], change: String, options: PlanningOptions) {
        self.recipe = recipe
        self.arguments = arguments
        self.change = change
        self.options = options
    }

    /// The name that a change gets if the user gives none: `users.name-to-full_name`.
    public static func defaultName(table: QualifiedName, from: Identifier, to: Identifier) -> String {
        let schema = table.schema == "public" ? "" : "\(table.schema)."
        return "\(schema)\(table.name).\(from)-to-\(to)"
    }

    /// The plan.
    ///
    /// - Throws: `Failure` if the arguments and the table don't go together.
    public func plan(
        table: TableSnapshot,
        facts: ServerFacts,
        exchanged: ExchangedDefinitions,
        findings: [Finding]
    ) throws(Failure) -> Plan {
        let columns = arguments.filter { $0.key != "table" }.mapValues { Identifier($0) }
        guard let from = columns["from"], let to = columns["to"], let column = table.column(from) else {
            throw Failure(.refused, "table \(table.name) has no column \(arguments["from"] ?? "")")
        }
        let others = table.triggers.filter { $0.isBeforeRow && $0.firesOnWrite }.map(\.name)
        guard let dualWrite = DualWrite(table: table.name, replica: to, others: others, oid: table.oid) else {
            throw Failure(
                .refused,
                "no trigger name sorts before and after those that table \(table.name) has",
                next: "Rename triggers whose names begin with a blank, '!' or '~'."
            )
        }
        let context = PlanningContext(
            table: table,
            facts: facts,
            columns: columns,
            exchanged: exchanged,
            options: options,
            dualWrite: dualWrite
        )
        let texts = arguments.merging(["change": change]) { $1 }
        var phases: [PlannedPhase] = []
        for phase in recipe.phases {
            var steps: [Step] = []
            for operation in phase.operations {
                steps += try operation.steps(in: context)
            }
            phases.append(
                PlannedPhase(
                    name: phase.name,
                    summary: Self.fill(phase.summary, texts),
                    steps: Self.coalesced(steps),
                    gate: phase.gate.map { Self.fill($0, texts) },
                    isFinal: phase.isFinal
                )
            )
        }
        let pair = ColumnPair(table: table.name, column: column, replica: to)
        return Plan(
            change: change,
            recipe: recipe.name,
            arguments: arguments,
            table: table.name,
            tableOID: table.oid,
            owner: table.owner,
            phases: phases,
            findings: findings,
            fingerprint: Fingerprint(
                table: table.name,
                columnNumber: column.number,
                columnType: column.type,
                rewrittenTriggers: exchanged.triggers.mapValues(\.widenedAsPrinted),
                exchangedTriggers: exchanged.triggers.mapValues(\.widenedExchangedAsPrinted),
                indexes: table.indexes.filter { $0.columns.contains(column.number) }.map(\.name.name),
                beforeTriggers: others.map(\.name)
            ),
            dualWrite: dualWrite,
            verifications: [pair, pair.exchanged].map {
                DirectedVerification(primary: $0.primary, verification: context.verification($0))
            },
            uniqueCopies: options.uniqueCopies,
            estimatedRows: table.estimatedRows,
            heapBytes: table.heapBytes
        )
    }

    private static func fill(_ text: String, _ values: [String: String]) -> String {
        values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    /// Joins neighbouring transactions on the same table: one lock instead of two, and no moment in between in which
    /// the column is there and the triggers are not. Their undos are joined in the opposite order.
    static func coalesced(_ steps: [Step]) -> [Step] {
        steps.reduce(into: []) { result, step in
            guard
                let last = result.last,
                case .transaction(let first) = last.action, case .transaction(let second) = step.action,
                first.locks.map(\.table) == second.locks.map(\.table)
            else {
                result.append(step)
                return
            }
            result[result.count - 1] = Step(
                title: "\(last.title); \(step.title)",
                action: .transaction(first.followed(by: second)),
                undo: undo(last, step)
            )
        }
    }

    private static func undo(_ first: Step, _ second: Step) -> Action? {
        switch (first.undo, second.undo) {
        case (.transaction(let early)?, .transaction(let late)?): .transaction(late.followed(by: early))
        case (let undo?, nil), (nil, let undo?): undo
        default: nil
        }
    }
}

extension GuardedTransaction {
    /// Both as one: the stronger of the two locks on each table.
    fileprivate func followed(by next: GuardedTransaction) -> GuardedTransaction {
        let locks = zip(locks, next.locks).map { left, right in
            TableLock(
                table: left.table,
                mode: left.mode == .accessExclusive ? left.mode : right.mode,
                reason: left.reason == right.reason ? left.reason : "\(left.reason); \(right.reason)"
            )
        }
        return GuardedTransaction(
            locks: locks,
            preparation: preparation + next.preparation,
            conditions: conditions + next.conditions,
            statements: statements + next.statements
        )
    }
}
