import Postgres

/// A column that goes along with the one that a change is about, and what was found out about it.
public struct Companion: Sendable {
    /// Its table.
    let table: TableSnapshot
    /// The recipe's arguments for it.
    let arguments: ArgumentValues
    /// What the server says of its change.
    let typeChange: TypeChange
    /// What depends on it.
    let dependents: ColumnDependents
}

extension Planner {
    /// Gives the context of the column that the change is about those of its companions.
    func accompany(_ context: inout PlanningContext, by companions: [Companion]) throws(Failure) {
        guard !companions.isEmpty else { return }
        context.isAlone = false
        var all = [context]
        for companion in companions {
            guard let names = recipe.names(companion.arguments, table: companion.table), let added = names.added else {
                throw Failure(.usage, "the recipe \(recipe.name) takes no other columns along")
            }
            all.append(
                PlanningContext(
                    table: companion.table,
                    facts: context.facts,
                    arguments: companion.arguments,
                    names: names,
                    exchanged: ExchangedDefinitions(),
                    options: options,
                    dualWrite: try Self.dualWrite(
                        companion.table,
                        added: added,
                        others: companion.table.triggersBeforeRow,
                        converting: companion.typeChange
                    ),
                    typeChange: companion.typeChange,
                    dependents: companion.dependents,
                    notNull: nil,
                    fill: nil,
                    place: all.count,
                    isAlone: false
                )
            )
        }
        for place in all.indices { all[place].beside = Self.beside(all[place], in: all) }
        context = all.removeFirst()
        context.companions = all
    }

    private static func beside(_ context: PlanningContext, in all: [PlanningContext]) -> [ColumnBeside] {
        all.filter { $0.place != context.place && $0.table.oid == context.table.oid }.compactMap { other in
            other.table.column(other.names.original).map { column in
                ColumnBeside(
                    number: column.number,
                    comesFirst: other.place < context.place,
                    constraints: Set((other.dependents?.constraints ?? []).filter { $0.kind != "f" }.map(\.name))
                )
            }
        }
    }

    /// What the plan keeps of a companion.
    func planned(_ context: PlanningContext) throws(Failure) -> PlannedColumn {
        guard let verification = try recipe.verification(in: context, isSwapped: false),
            let verificationAfterSwap = try recipe.verification(in: context, isSwapped: true)
        else { throw Failure(.usage, "the recipe \(recipe.name) compares nothing") }
        return PlannedColumn(
            table: context.table.name,
            tableOID: context.table.oid,
            names: context.names,
            fingerprint: try Self.fingerprint(context),
            dualWrite: context.dualWrite,
            fill: nil,
            verification: verification,
            verificationAfterSwap: verificationAfterSwap
        )
    }

    /// A phase's steps for all columns: operation by operation, and table by table where nothing but transactions is to
    /// do, so that those of one table can be joined.
    static func steps(of phase: RecipePhase, for contexts: [PlanningContext]) throws(Failure) -> [Step] {
        var steps: [Step] = []
        for operation in phase.operations {
            for context in contexts {
                steps += try operation.steps(in: context).map { step in
                    var step = step
                    step.column = max(step.column, context.place)
                    return step
                }
            }
        }
        let areTransactions = steps.allSatisfy { if case .transaction = $0.action { true } else { false } }
        let ordered =
            areTransactions ? contexts.flatMap { one in steps.filter { $0.column == one.place } } : steps
        let tables = contexts.map { "\($0.table.name)" }
        return joined(coalesced(ordered)).map { step in
            let isOfAnother =
                if case .validate(let what) = step.action { "\(what.table)" != tables[step.column] } else { false }
            guard contexts.count > 1, !isOfAnother, !tables.contains(where: step.title.contains) else { return step }
            var step = step
            step.title = "\(tables[step.column]): \(step.title)"
            return step
        }
    }

    /// Two columns of one table are copied by one backfill, and a table is vacuumed once.
    private static func joined(_ steps: [Step]) -> [Step] {
        steps.reduce(into: []) { result, step in
            switch (result.last?.action, step.action) {
            case (.vacuum(let last)?, .vacuum(let table)) where last == table: break
            case (.backfill(var backfill)?, .backfill(let next)) where backfill.table == next.table:
                backfill.assignment = "\(backfill.assignment), \(next.assignment)"
                backfill.unsynced = "(\(backfill.unsynced) OR \(next.unsynced))"
                result[result.count - 1].action = .backfill(backfill)
                result[result.count - 1].title += ", \(step.title)"
            default: result.append(step)
            }
        }
    }
}
