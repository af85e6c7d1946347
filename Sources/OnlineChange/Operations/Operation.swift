import Postgres

/// A kind of thing that a recipe can ask for.
///
/// An operation reads its own fields and turns what the catalog says into steps. It does nothing itself: given the
/// same catalog it gives the same steps.
public protocol Operation: Sendable {
    /// Its key in a recipe.
    static var key: String { get }
    /// What it does, in a line, for `online-change recipes`.
    static var summary: String { get }
    /// Reads its fields; the caller refuses those that are left.
    init(_ fields: inout FieldReader) throws(RecipeError)
    /// What the columns are called before and after, if it is this operation that decides it.
    func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames?
    /// What the table has in the end, if it is this operation that brings it about.
    func outcome(_ arguments: ArgumentValues) -> Outcome?
    /// The comparison that `verify` makes before swap, or from swap on, if it is this operation that knows.
    func verification(in context: PlanningContext, isSwapped: Bool) throws(Failure) -> Verification?
    /// What must be looked at before a change with this operation touches anything, beside what every change looks at.
    static var checks: [any PreflightCheck.Type] { get }
    /// The steps for a table.
    func steps(in context: PlanningContext) throws(Failure) -> [Step]
}

extension Operation {
    public func names(_ arguments: ArgumentValues, table: TableSnapshot?) -> ColumnNames? { nil }
    public func outcome(_ arguments: ArgumentValues) -> Outcome? { nil }
    public func verification(in context: PlanningContext, isSwapped: Bool) throws(Failure) -> Verification? { nil }
    public static var checks: [any PreflightCheck.Type] { [] }
}

/// A recipe's arguments, read: columns by name, everything else as text.
public struct ArgumentValues: Codable, Hashable, Sendable {
    /// Arguments that name columns.
    public var columns: [String: Identifier]
    /// Types, expressions and whatever else is no name.
    public var texts: [String: String]

    /// Makes values.
    public init(columns: [String: Identifier], texts: [String: String] = [:]) {
        self.columns = columns
        self.texts = texts
    }

    /// What a request gives, its names read.
    ///
    /// - Throws: `NameSyntax.Problem` for what is no name.
    init(_ request: ChangeRequest) throws(NameSyntax.Problem) {
        var columns: [String: Identifier] = [:]
        for (argument, name) in request.columns { columns[argument] = try NameSyntax.identifier(name) }
        self.init(columns: columns, texts: request.texts)
    }

    /// All of them by name, for texts shown to people and for comparing one start with another.
    var byName: [String: String] {
        columns.mapValues(\.name).merging(texts) { $1 }
    }
}

/// All operations there are. A new one is added here.
enum OperationRegistry {
    static let all: [any Operation.Type] = [
        AddColumn.self, SyncColumns.self, BackfillColumn.self, CopyIndexes.self, AnalyzeTable.self,
        VerifyColumns.self, SwapNames.self, DropColumn.self, AddTypedColumn.self, BuildIndexes.self, GuardColumn.self,
        SwapColumns.self, DropLegacyColumn.self, FillNulls.self, BackfillNulls.self, VerifyNoNulls.self,
        RefuseNulls.self, ValidateNotNull.self, EnforceNotNull.self, DropFill.self,
    ]

    static func type(_ key: String) -> (any Operation.Type)? {
        all.first { $0.key == key }
    }
}

/// What operations plan with.
public struct PlanningContext: Sendable {
    /// The table.
    public let table: TableSnapshot
    /// Server, database and role.
    public let facts: ServerFacts
    /// The recipe's arguments.
    public let arguments: ArgumentValues
    /// What the columns are called.
    public let names: ColumnNames
    /// Definitions as they read once two columns have exchanged their names.
    public let exchanged: ExchangedDefinitions
    /// What the user chose.
    public let options: PlanningOptions
    /// The triggers that keep the columns equal.
    public let dualWrite: DualWrite?
    /// What the server says of the column's change to another type, if that is what is planned.
    public let typeChange: TypeChange?
    /// What depends on the column, if it must be carried.
    public let dependents: ColumnDependents?
    /// What is known of a column that is to become NOT NULL.
    public let notNull: NotNullFacts?
    /// The trigger that fills its NULLs.
    public let fill: FillTrigger?
    /// The column's place among the plan's.
    var place = 0
    /// Other columns of the same table that change with this one.
    var beside: [ColumnBeside] = []
    /// All columns that go along with the one at the first place, which alone has them here.
    var companions: [PlanningContext] = []
    /// Whether it is the plan's only column.
    var isAlone = true

    /// The column that an argument names.
    func name(_ argument: ArgumentName) -> Identifier {
        // The column that is added may be left without a name in the arguments.
        arguments.columns[argument.name] ?? names.added ?? Identifier(argument.name)
    }

    /// Whether the user gave an argument that need not be given.
    func isGiven(_ argument: ArgumentName) -> Bool {
        arguments.texts[argument.name] != nil
    }

    /// The triggers that keep the columns equal, of a recipe that adds one.
    func requireDualWrite() throws(Failure) -> DualWrite {
        guard let dualWrite else { throw Failure(.usage, "the recipe adds no column to keep equal") }
        return dualWrite
    }

    /// The column that an argument names, as the catalog has it.
    func column(_ argument: ArgumentName) throws(Failure) -> Column {
        guard let column = table.column(name(argument)) else {
            throw Failure(.refused, "table \(table.name) has no column \(name(argument))")
        }
        return column
    }

    /// The pair of an existing column and the one added for it.
    func pair(primary: ArgumentName, replica: ArgumentName) throws(Failure) -> ColumnPair {
        let column = try column(primary)
        guard let typeChange else {
            return ColumnPair(table: table.name, column: column, replica: name(replica))
        }
        return ColumnPair(table: table.name, names: (column.name, name(replica)), change: typeChange)
    }

    /// The same two columns from swap on.
    func swapped(_ pair: ColumnPair) -> ColumnPair {
        // By a rename the original stays the one that counts, under the other's name.
        guard typeChange != nil else { return pair.exchanged }
        return pair.exchanged(primary: names.addedLater ?? pair.replica, replica: names.originalLater)
    }

    /// How the column of another type takes the original's place.
    func succession() throws(Failure) -> Succession {
        guard let typeChange, let dependents, let added = names.added, let column = table.column(names.original) else {
            throw Failure(.usage, "the recipe changes no type")
        }
        return Succession(
            table: table.without(beside.filter(\.comesFirst)),
            column: column,
            names: names,
            change: typeChange,
            dependents: dependents.without(beside.filter(\.comesFirst)),
            added: added
        )
    }

    /// The comparison of a pair in every row.
    func verification(_ pair: ColumnPair) -> Verification {
        Verification(
            table: table.name,
            differs: pair.unsynced,
            repair: pair.assignment,
            key: table.primaryKey.map { key(of: $0, in: pair) },
            triggers: dualWrite?.triggerNames ?? [],
            misfit: pair.misfit,
            lossy: pair.lossy,
            toleratesLoss: options.allowsLoss,
            value: pair.misfit == nil && pair.lossy == nil ? nil : "\(pair.primary)"
        )
    }

    /// A key's column by the name that it has while a pair stands.
    private func key(of column: Identifier, in pair: ColumnPair) -> Identifier {
        typeChange != nil && column == names.original ? pair.primary : column
    }

    /// An ACCESS EXCLUSIVE lock on the table.
    func exclusiveLock(_ reason: String) -> TableLock {
        let partitions = table.partitions.count - 1
        return TableLock(
            table: table.name,
            mode: .accessExclusive,
            reason: partitions > 0 ? "\(reason) (its \(partitions) partitions are locked with it)" : reason
        )
    }
}

/// What the user chose about how a change is made.
public struct PlanningOptions: Codable, Hashable, Sendable {
    /// Whether copies of unique indexes are unique too.
    public var uniqueCopies: Bool
    /// Whether values may change in a conversion, such as texts that are cut.
    public var allowsLoss: Bool
    /// Whether a change may be made that can't be rolled back once it is swapped.
    public var isOneWay: Bool
    /// Objects of findings that the user has taken note of.
    public var acknowledged: Set<String>

    /// Makes options.
    public init(
        uniqueCopies: Bool = false,
        allowsLoss: Bool = false,
        isOneWay: Bool = false,
        acknowledged: Set<String> = []
    ) {
        self.uniqueCopies = uniqueCopies
        self.allowsLoss = allowsLoss
        self.isOneWay = isOneWay
        self.acknowledged = acknowledged
    }
}
