import Postgres

/// Turns a recipe, its arguments and what the catalog says into a plan. Pure: the same input gives the same plan.
public struct Planner: Sendable {
    /// The recipe.
    public let recipe: Recipe
    /// Its arguments.
    public let arguments: ArgumentValues
    /// The change's name.
    public let change: String
    /// What the user chose.
    public let options: PlanningOptions

    /// A planner for a recipe.
    public init(recipe: Recipe, arguments: ArgumentValues, change: String, options: PlanningOptions) {
        self.recipe = recipe
        self.arguments = arguments
        self.change = change
        self.options = options
    }

    /// The name that a change gets if the user gives none: `users.name-to-full_name`.
    public static func defaultName(table: QualifiedName, recipe: Recipe, arguments: ArgumentValues) -> String {
        let schema = table.schema == "public" ? "" : "\(table.schema)."
        return "\(schema)\(table.name).\(fill(recipe.changeName, arguments.byName))"
    }

    /// The plan.
    ///
    /// - Throws: `Failure` if the arguments and the table don't go together.
    public func plan(
        table: TableSnapshot,
        facts: ServerFacts,
        exchanged: ExchangedDefinitions,
        typeChange: TypeChange? = nil,
        dependents: ColumnDependents? = nil,
        notNull: NotNullFacts? = nil,
        companions: [Companion] = [],
        findings: [Finding]
    ) throws(Failure) -> Plan {
        guard let names = recipe.names(arguments, table: table),
            let outcome = recipe.outcome(arguments)?.of(type: typeChange?.type),
            let column = table.column(names.original)
        else {
            throw Failure(.refused, "table \(table.name) has no such column")
        }
        let others = table.triggersBeforeRow
        let dualWrite = try names.added.map { added throws(Failure) in
            try Self.dualWrite(table, added: added, others: others, converting: typeChange)
        }
        let fill = try notNull?.fill.map { expression throws(Failure) in
            try Self.fillTrigger(
                table,
                column,
                expression,
                notNull,
                isCounting: arguments.texts["keep-filling"] == nil,
                others: others
            )
        }
        var context = PlanningContext(
            table: table,
            facts: facts,
            arguments: arguments,
            names: names,
            exchanged: exchanged,
            options: options,
            dualWrite: dualWrite,
            typeChange: typeChange,
            dependents: dependents,
            notNull: notNull,
            fill: fill
        )
        try accompany(&context, by: companions)
        let contexts = [context] + context.companions
        let texts = arguments.byName.merging(["change": change, "table": "\(table.name)"]) { $1 }
        var phases: [PlannedPhase] = []
        if let direct = try DirectChange(context)?.phase { phases.append(direct) }
        for phase in recipe.phases where phases.first?.isFinal != true {
            phases.append(
                PlannedPhase(
                    name: phase.name,
                    summary: Self.fill(phase.summary, texts),
                    steps: try Self.steps(of: phase, for: contexts),
                    gate: phase.gate?.mapTexts { Self.fill($0, texts) },
                    isFinal: phase.isFinal
                )
            )
        }
        guard let verification = try recipe.verification(in: context, isSwapped: false),
            let verificationAfterSwap = try recipe.verification(in: context, isSwapped: true)
        else { throw Failure(.usage, "the recipe \(recipe.name) compares nothing") }
        return Plan(
            change: change,
            recipe: recipe.name,
            arguments: arguments.byName,
            names: names,
            outcome: outcome,
            table: table.name,
            tableOID: table.oid,
            owner: table.owner,
            phases: phases,
            findings: findings,
            fingerprint: try Self.fingerprint(context),
            dualWrite: dualWrite,
            fill: fill,
            verification: verification,
            verificationAfterSwap: verificationAfterSwap,
            uniqueCopies: options.uniqueCopies,
            estimatedRows: table.estimatedRows,
            heapBytes: table.heapBytes,
            companions: try context.companions.map { each throws(Failure) in try planned(each) }
        )
    }

    static func fingerprint(_ context: PlanningContext) throws(Failure) -> Fingerprint {
        let table = context.table
        guard let column = table.column(context.names.original) else {
            throw Failure(.refused, "table \(table.name) has no such column")
        }
        return Fingerprint(
            table: table.name,
            columnNumber: column.number,
            columnType: column.type,
            rewrittenTriggers: context.exchanged.triggers.mapValues(\.widenedAsPrinted),
            exchangedTriggers: context.exchanged.triggers.mapValues(\.widenedExchangedAsPrinted),
            indexes: table.indexes.filter { $0.columns.contains(column.number) }.map(\.name.name),
            beforeTriggers: table.triggersBeforeRow.map(\.name),
            carried: context.dependents?.all,
            image: context.dependents.map {
                CarriedImage($0, of: column, in: table, except: Set(context.exchanged.triggers.keys))
            },
            ours: try context.typeChange.map { _ throws(Failure) in Ready.constraints(try context.succession()) }
                ?? context.notNull?.added(table: table.name, column: column.name, facts: context.facts) ?? []
        )
    }

    static func dualWrite(
        _ table: TableSnapshot,
        added: Identifier,
        others: [Identifier],
        converting change: TypeChange?
    ) throws(Failure) -> DualWrite {
        if var triggers = DualWrite(table: table.name, replica: added, others: others, oid: table.oid) {
            triggers.conversions = [change?.forward, change?.backward].compactMap {
                if case .function(let function)? = $0 { function } else { nil }
            }
            return triggers
        }
        throw Failure(
            .refused,
            "no trigger name sorts before and after those that table \(table.name) has",
            left: "Nothing was changed.",
            next: "Rename triggers whose names begin with a blank, '!' or '~'."
        )
    }

    private static func fillTrigger(
        _ table: TableSnapshot,
        _ column: Column,
        _ expression: FillExpression,
        _ facts: NotNullFacts?,
        isCounting: Bool,
        others: [Identifier]
    ) throws(Failure) -> FillTrigger {
        let trigger = FillTrigger(
            table: table,
            column: column,
            expression: expression,
            needsConstraintTriggers: facts?.demands.contains(where: \.isCheckedByTrigger) ?? false,
            isCounting: isCounting,
            others: others
        )
        if let trigger { return trigger }
        throw Failure(
            .refused,
            "no trigger name sorts after those that table \(table.name) has",
            left: "Nothing was changed.",
            next: "Rename triggers whose names begin with '~'."
        )
    }

    private static func fill(_ text: String, _ values: [String: String]) -> String {
        values.reduce(text) {
            $0.replacing("{\($1.key)}", with: $1.value)
                .replacing("{'\($1.key)'}", with: ("\(literal: $1.value)" as SQL).text)
        }
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
                undo: undo(last, step),
                undoPreparation: step.undoPreparation + last.undoPreparation,
                isSwap: last.isSwap || step.isSwap,
                column: last.column
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
