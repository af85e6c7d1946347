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

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let pair = try context.pair(primary: from, replica: to)
        let exchange = Self.exchange(pair, spare: context.table.spareColumnName)
        return [
            Step(
                title: "exchange the names of \(pair.primary) and \(pair.replica)",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("RENAME COLUMN; no row is read or written")],
                        conditions: [.verified, .triggerBodiesKnow(both: pair.primary, and: pair.replica)],
                        statements: exchange + context.dualWrite.exchange(pair.exchanged)
                            + context.dualWrite.startCounting(pair.exchanged)
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("RENAME COLUMN; no row is read or written")],
                        statements: exchange + context.dualWrite.exchange(pair)
                            + context.dualWrite.stopCounting
                    )
                )
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
