import Postgres

/// Puts on the new column, as checks that are validated without keeping anybody waiting, what it must satisfy at swap.
///
/// From here on a value that the new type can't hold is the server's error: nothing may slip in between the last
/// comparison and the swap.
public struct GuardColumn: Operation {
    public static let key = "guard-column"
    public static let summary = "checks NOT NULL and constraints on the new column, and keeps out what doesn't fit"

    let column: ArgumentName
    let name: ArgumentName

    public init(_ fields: inout FieldReader) throws(RecipeError) {
        _ = try fields.argument("table")
        column = try fields.argument("column")
        name = try fields.argument("name")
    }

    public func steps(in context: PlanningContext) throws(Failure) -> [Step] {
        let succession = try context.succession()
        let pair = try context.pair(primary: column, replica: name)
        let table = context.table.name
        let checks = Self.checks(succession, pair, allowsLoss: context.options.allowsLoss)
        guard !checks.isEmpty else { return [] }
        let reason = "ADD CONSTRAINT … NOT VALID; no row is read"
        let addition = Step(
            title: "check what the new column must satisfy",
            action: .transaction(
                GuardedTransaction(
                    locks: [context.exclusiveLock(reason)],
                    // Partitions that were attached since must be filled before what they hold is looked at.
                    conditions: context.table.isPartitioned ? [.verified] : [],
                    statements: checks.flatMap {
                        LookupPath.around(
                            "ALTER TABLE \(table) ADD CONSTRAINT \($0.name) \($0.definition) NOT VALID",
                            $0.lookup
                        )
                    }
                )
            ),
            undo: .transaction(
                GuardedTransaction(
                    locks: [context.exclusiveLock("DROP CONSTRAINT; no row is read")],
                    statements: checks.map { "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \($0.name)" }
                )
            )
        )
        return [addition]
            + checks.filter(\.isValidated).map { check in
                Step(
                    title: "validate \(check.name)",
                    action: .validate(ConstraintValidation(table: table, constraint: check.name))
                )
            }
    }

    /// A check that is made ready.
    struct Check {
        let name: Identifier
        let definition: SQL
        let isValidated: Bool
        var lookup: [Identifier] = []
    }

    static func checks(_ succession: Succession, _ pair: ColumnPair, allowsLoss: Bool) -> [Check] {
        var checks: [Check] = []
        if succession.column.holdsNoNull {
            checks.append(
                Check(
                    name: Ready.notNull(succession),
                    definition: "CHECK (\(pair.replica) IS NOT NULL)",
                    isValidated: true
                )
            )
        }
        if let fits = fits(pair, allowsLoss: allowsLoss) {
            checks.append(Check(name: Ready.fits(succession), definition: "CHECK (\(fits))", isValidated: false))
        }
        for constraint in succession.dependents.constraints where constraint.kind == "c" {
            guard let definition = succession.change.checks[constraint.name] else { continue }
            checks.append(
                Check(
                    name: Ready.name(constraint.name, succession),
                    definition: "\(server: definition)",
                    isValidated: constraint.isValidated,
                    lookup: succession.lookup(.constraint(constraint.name))
                )
            )
        }
        return checks
    }

    /// Rows that may be written while a pair is about to change its roles.
    static func fits(_ pair: ColumnPair, allowsLoss: Bool) -> SQL? {
        let refused = [pair.misfit, allowsLoss ? nil : pair.lossy].compactMap { $0 }
        guard !refused.isEmpty else { return nil }
        return .joined(refused.map { "NOT coalesce((\($0)), false)" }, separator: " AND ")
    }
}
