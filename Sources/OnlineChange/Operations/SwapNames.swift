import Postgres

/// Exchanges the names of two columns, so that the original column with every index, constraint, foreign key, view,
/// default, grant and statistic on it bears the new name and nothing is rebuilt.
public struct SwapNames: Operation {
    public static let key = "swap-names"
    public static let summary = "exchanges the names of the two columns in one transaction"

    let from: ArgumentName
    let to: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        from = try fields.argument("from")
        to = try fields.argument("to")
    }

    public func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames? {
        guard let from = arguments.columns[from.name], let to = arguments.columns[to.name] else { return nil }
        return .exchanging(from, to)
    }

    public func outcome(_ arguments: ArgumentValues) -> Outcome? {
        guard let from = arguments.columns[from.name], let to = arguments.columns[to.name] else { return nil }
        return .renamed(from: from, to: to)
    }

    public static var checks: [any PreflightCheck.Type] {
        [TriggerBodyCheck.self, RuleCheck.self, SharedObjectCheck.self, RenameCheck.self]
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: from, replica: to)
        let dualWrite = try context.requireDualWrite()
        let exchange = Self.exchange(pair, spare: context.table.spareColumnName)
        return [
            Step(
                title: "exchange the names of \(pair.primary) and \(pair.replica)",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("RENAME COLUMN; no row is read or written")],
                        conditions: [.verified, .triggerBodiesKnow(both: pair.primary, and: pair.replica)],
                        statements: exchange + dualWrite.exchange(pair.exchanged)
                            + dualWrite.startCounting(pair.exchanged)
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("RENAME COLUMN; no row is read or written")],
                        statements: exchange + dualWrite.exchange(pair)
                            + dualWrite.stopCounting
                    )
                ),
                isSwap: true
            )
        ]
    }

    /// The exchange is its own inverse.
    private static func exchange(_ pair: ColumnPair, spare: Identifier) -> [SQL] {
        [(pair.primary, spare), (pair.replica, pair.primary), (spare, pair.replica)].map { old, new in
            "ALTER TABLE \(pair.table) RENAME COLUMN \(old) TO \(new)"
        }
    }
}
