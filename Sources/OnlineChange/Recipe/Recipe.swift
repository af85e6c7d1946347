import Postgres

/// A schema change as phases of operations, read from YAML.
public struct Recipe: Sendable {
    /// Its name, by which the command line knows it.
    public let name: String
    /// What it does, in a sentence or two.
    public let summary: String
    /// What it must be given, with what each stands for.
    public let arguments: [(name: String, meaning: String)]
    /// What a change is called after its table, if the user gives it no name; `{argument}` stands for an argument.
    public let changeName: String
    /// Its phases in order.
    public let phases: [RecipePhase]
    /// The YAML that it was read from.
    public let yaml: String

    private var operations: [any Operation] { phases.flatMap(\.operations) }

    /// What the columns are called before and after.
    func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames? {
        operations.lazy.compactMap { $0.names(arguments, table: table) }.first
    }

    /// What the table has in the end.
    func outcome(_ arguments: ArgumentValues) -> Outcome? {
        operations.lazy.compactMap { $0.outcome(arguments) }.first
    }

    /// What NULLs are to become, as the user wrote it.
    func fill(_ arguments: ArgumentValues) -> String? {
        operations.lazy.compactMap { ($0 as? FillNulls).flatMap { arguments.texts[$0.fill.name] } }.first
    }

    /// The arguments for a column that goes along with the one that they are for; nil if none does.
    func arguments(_ arguments: ArgumentValues, forCompanion column: Identifier) -> ArgumentValues? {
        operations.lazy.compactMap { ($0 as? SwapColumns)?.arguments(arguments, forCompanion: column) }.first
    }

    /// The comparison that `verify` makes before swap, or from swap on.
    func verification(in context: PlanningContext, isSwapped: Bool) throws(Failure) -> Verification? {
        for operation in operations {
            if let found = try operation.verification(in: context, isSwapped: isSwapped) { return found }
        }
        return nil
    }

    /// What its operations want looked at, each check once.
    var checks: [any PreflightCheck.Type] {
        operations.flatMap { type(of: $0).checks }.reduce(into: []) { checks, check in
            if !checks.contains(where: { $0 == check }) { checks.append(check) }
        }
    }
}

/// One phase of a recipe.
public struct RecipePhase: Sendable {
    /// Its name.
    public let name: String
    /// What it does; `{argument}` stands for an argument.
    public let summary: String
    /// Its operations, with the arguments still to be filled in.
    public let operations: [any Operation]
    /// What lies between it and the next phase; `{argument}` stands for an argument, `{'argument'}` for it as an SQL text.
    public let gate: Gate?
    /// Whether there is no way back after it.
    public let isFinal: Bool
}

/// Why a text is no recipe, or no change file: what is wrong, and where.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let source: String
    /// Line, counted from 1.
    public let line: Int
    /// Column, counted from 1.
    public let column: Int
    /// What is wrong.
    public let message: String

    public var description: String { "\(source):\(line):\(column): \(message)" }
}
