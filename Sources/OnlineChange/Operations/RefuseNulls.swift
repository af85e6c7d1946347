import Postgres

/// Has the server refuse NULL in every row that is written from now on, without a look at those that are there.
///
/// Before 18 by a check that goes again with `EnforceNotNull`, from 18 on by the NOT NULL constraint itself.
public struct RefuseNulls: Operation {
    public static let key = "refuse-nulls"
    public static let summary = "adds a constraint, not yet valid, by which the server refuses NULL"

    let column: ArgumentName
    let condition: ArgumentCondition

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        condition = try ArgumentCondition(&fields)
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        guard condition.holds(context), let facts = context.notNull, facts.proof == nil, facts.pending == nil else {
            return []
        }
        let column = try context.column(column).name
        let table = context.table.name
        let name = facts.constraintName(table: table, column: column, facts: context.facts)
        let demand: SQL =
            NotNullFacts.hasConstraint(context.facts) ? "NOT NULL \(column)" : "CHECK (\(column) IS NOT NULL)"
        return [
            Step(
                title: "refuse NULL in \(column) from now on",
                action: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("a constraint is added, NOT VALID: no row is read")],
                        statements: ["ALTER TABLE \(table) ADD CONSTRAINT \(name) \(demand) NOT VALID"]
                    )
                ),
                undo: .transaction(
                    GuardedTransaction(
                        locks: [context.exclusiveLock("a constraint is dropped; no row is read")],
                        statements: ["ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(name)"]
                    )
                )
            )
        ]
    }
}

/// Whether an operation is due, by an argument that may be given or not: `if: $fill`, `unless: $fill`.
struct ArgumentCondition: Sendable {
    private let ifGiven: ArgumentName?
    private let unlessGiven: ArgumentName?

    init(_ fields: inout FieldReader) throws(RecipeError) {
        ifGiven = try fields.optionalArgument("if")
        unlessGiven = try fields.optionalArgument("unless")
    }

    func holds(_ context: PlanningContext) -> Bool {
        ifGiven.map(context.isGiven) ?? true && !(unlessGiven.map(context.isGiven) ?? false)
    }
}
