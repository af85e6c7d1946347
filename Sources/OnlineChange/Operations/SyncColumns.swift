import Postgres

/// Installs the triggers that keep two columns equal, whichever of them a statement writes.
///
/// The user's own `UPDATE OF` triggers on the primary fire for the replica too from here on: the server goes by the
/// columns that a statement lists, not by those that change.
public struct SyncColumns: Operation {
    public static let key = "sync-columns"
    public static let summary = "installs the dual-write triggers"

    let primary: ArgumentName
    let replica: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        primary = try fields.argument("primary")
        replica = try fields.argument("replica")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: primary, replica: replica)
        let dualWrite = try context.requireDualWrite()
        let column = try context.column(primary)
        let widened = context.table.triggers.filter {
            $0.updateOf.contains(column.number) && context.exchanged.triggers[$0.name] != nil
        }
        let widening = widened.flatMap { trigger in
            trigger.replacement(
                on: context.table.name,
                definition: context.exchanged.triggers[trigger.name]?.widened ?? trigger.definition,
                lookup: context.exchanged.lookup[.trigger(trigger.name)]
            ) + context.table.cloneStates(of: trigger)
        }
        let restoring = widened.flatMap {
            $0.replacement(
                on: context.table.name,
                definition: $0.definition,
                lookup: context.exchanged.lookup[.trigger($0.name)]
            ) + context.table.cloneStates(of: $0)
        }
        return [
            Step(
                title: "keep \(pair.primary) and \(pair.replica) equal by triggers",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("triggers are added; no row is read or written")],
                        preparation: dualWrite.preparation(pair),
                        statements: dualWrite.creation(pair) + widening
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("triggers are dropped; no row is touched")],
                        statements: dualWrite.removal + dualWrite.cleanup + restoring
                    )
                )
            )
        ]
    }
}

extension Trigger {
    /// Statements that give the trigger another definition and keep what the definition doesn't say.
    ///
    /// CREATE OR REPLACE keeps the comment and resets whether the trigger fires (PostgreSQL documentation, CREATE
    /// TRIGGER); constraint triggers can't be replaced and are made anew.
    ///
    /// - Parameter lookup: schemas of operators that the definition doesn't spell out.
    func replacement(on table: QualifiedName, definition: String, lookup: [Identifier]? = nil) -> [SQL] {
        var statements: [SQL] = []
        if isConstraint {
            statements.append("DROP TRIGGER \(name) ON \(table)")
            statements += LookupPath.around("\(server: definition)", lookup ?? [])
            if let comment {
                statements.append("COMMENT ON TRIGGER \(name) ON \(table) IS \(literal: comment)")
            }
        } else {
            statements += LookupPath.around(
                "CREATE OR REPLACE \(server: String(definition.dropFirst("CREATE ".count)))",
                lookup ?? []
            )
        }
        if let state = ["D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"][enabled] {
            statements.append("ALTER TABLE \(table) \(server: state) TRIGGER \(name)")
        }
        return statements
    }
}
