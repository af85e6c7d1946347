import Postgres

/// One thing to do: an action, why, and how it is undone.
///
/// Steps are data. They can be printed without a server, are stored in the ledger, and only the runner performs them.
public struct Step: Codable, Hashable, Sendable {
    /// What it does, in a few words: `add column "full_name"`.
    public var title: String
    /// The action.
    public var action: Action
    /// What gives back the state before it; nil where nothing need be, or can be, undone.
    public var undo: Action?
    /// What must be done before the undo, each part of it harmless if done twice: indexes that it needs, for one.
    public var undoPreparation: [Action]
    /// Whether the columns have their new roles, and names, once it is done.
    public var isSwap: Bool
    /// Whose it is: the place of the column among the plan's.
    public var column: Int

    /// Makes a step.
    public init(
        title: String,
        action: Action,
        undo: Action? = nil,
        undoPreparation: [Action] = [],
        isSwap: Bool = false,
        column: Int = 0
    ) {
        self.title = title
        self.action = action
        self.undo = undo
        self.undoPreparation = undoPreparation
        self.isSwap = isSwap
        self.column = column
    }
}

/// The kinds of things that a plan can do. The set is closed: a new recipe combines these.
public enum Action: Codable, Hashable, Sendable {
    /// Statements in one transaction under the lock guard.
    case transaction(GuardedTransaction)
    /// `CREATE INDEX CONCURRENTLY`.
    case buildIndex(IndexBuild)
    /// An index of a partitioned table, built partition by partition.
    case buildPartitionedIndex(PartitionedIndexBuild)
    /// Copies of the indexes that partitions have of their own.
    case copyPartitionIndexes(PartitionIndexCopies)
    /// An index on each partition, of which a key is made at swap.
    case buildKeyIndexes(KeyIndexBuild)
    /// `DROP INDEX CONCURRENTLY`.
    case dropIndex(QualifiedName)
    /// Writes in batches over the whole table.
    case backfill(Backfill)
    /// `VACUUM (ANALYZE)`.
    case vacuum(QualifiedName)
    /// A comparison of the whole table.
    case verify(Verification)
    /// `VALIDATE CONSTRAINT`, which reads the table and keeps nobody waiting.
    case validate(ConstraintValidation)
}

/// Statements that take effect together, under locks that are asked for with care.
public struct GuardedTransaction: Codable, Hashable, Sendable {
    /// Locks on the application's tables, in the order in which they are taken; empty if none is needed.
    public var locks: [TableLock]
    /// Statements that touch no table of the application's, run before the locks are asked for.
    public var preparation: [SQL]
    /// What must hold before the locks are asked for; `verified` is looked at again once they are held.
    public var conditions: [Condition]
    /// The statements.
    public var statements: [SQL]

    /// Makes a transaction.
    public init(
        locks: [TableLock],
        preparation: [SQL] = [],
        conditions: [Condition] = [],
        statements: [SQL]
    ) {
        self.locks = locks
        self.preparation = preparation
        self.conditions = conditions
        self.statements = statements
    }
}

/// A lock on a table of the application's.
public struct TableLock: Codable, Hashable, Sendable {
    /// The table.
    public var table: QualifiedName
    /// How strong it is.
    public var mode: LockMode
    /// Why it must be that strong.
    public var reason: String
    /// What beside the table itself is locked; nil for its partitions, as in plans stored before there was a choice.
    public var reach: Reach?

    /// Makes a lock.
    public init(table: QualifiedName, mode: LockMode, reason: String, reach: Reach? = nil) {
        self.table = table
        self.mode = mode
        self.reason = reason
        self.reach = reach
    }

    /// What a lock is on.
    public enum Reach: String, Codable, Sendable {
        /// The table and all of its partitions.
        case partitions
        /// The table without its partitions.
        case alone
        /// An index, on which the statement itself takes the lock.
        case index
    }
}

/// Something that must hold before a transaction may commit.
public enum Condition: Codable, Hashable, Sendable {
    /// A verification pass without differences stands, our triggers are the same rows of the catalog as when it began,
    /// and every snapshot is newer than what it repaired.
    case verified
    /// Every value comes back: after swap, a comparison finds none that the original's type can't hold.
    case comesBack
    /// No trigger function of the table would go wrong when the second name takes the first one's place: a body that
    /// mentions the one mentions the other too.
    case triggerBodiesKnow(both: Identifier, and: Identifier)
    /// No trigger function of the table mentions the name any more.
    case triggerBodiesForgot(Identifier)
    /// Each partition has the index that its part of a key is made from.
    case keyIndexes(KeyIndexBuild)
}

/// A concurrent build of one index.
public struct IndexBuild: Codable, Hashable, Sendable {
    /// The index's name and schema.
    public var index: QualifiedName
    /// Its table.
    public var table: QualifiedName
    /// The statement.
    public var statement: SQL
    /// Where to put it, if not in the database's default tablespace.
    public var tablespace: Identifier?
    /// Schemas of operators that its text doesn't spell out; nil for none.
    public var lookup: [Identifier]?
}

/// The build of an index of a partitioned table: one for the table that only stands in the catalog, then one for each
/// partition, built concurrently and made a part of the first.
///
/// Which partitions there are is looked at when it is built: the server itself gives later ones the index.
public struct PartitionedIndexBuild: Codable, Hashable, Sendable {
    /// The index's name and schema.
    public var index: QualifiedName
    /// The partitioned table, which may be a partition itself.
    public var table: QualifiedName
    /// Whether it is UNIQUE.
    public var isUnique: Bool
    /// What follows the table's name: `USING btree (full_name)`.
    public var body: SQL
    /// Where to put it, if not in the database's default tablespace.
    public var tablespace: Identifier?
    /// Schemas of operators that its text doesn't spell out; nil for none.
    public var lookup: [Identifier]?
}

/// Unique indexes on each partition that belong to no index of the table: the server makes a key only of such.
public struct KeyIndexBuild: Codable, Hashable, Sendable {
    /// What their names begin with; the partition's oid follows.
    public var stem: String
    /// The partitioned table.
    public var table: QualifiedName
    /// What follows a partition's name: `USING btree (id_new)`.
    public var body: SQL
}

/// Copies, on the added column, of the indexes that partitions have of their own.
public struct PartitionIndexCopies: Codable, Hashable, Sendable {
    /// The partitioned table.
    public var table: QualifiedName
    /// The original column.
    public var from: Identifier
    /// The added column.
    public var to: Identifier
    /// Whether copies of unique indexes are unique too.
    public var areUnique: Bool
}

/// Writing a column's value into every row that lacks it.
public struct Backfill: Codable, Hashable, Sendable {
    /// The table.
    public var table: QualifiedName
    /// What a row is given: the right side of SET.
    public var assignment: SQL
    /// Which rows still need it.
    public var unsynced: SQL
    /// In which order rows are written.
    public var striping: Striping
}

/// Having the server prove a constraint that was added NOT VALID.
public struct ConstraintValidation: Codable, Hashable, Sendable {
    /// The table.
    public var table: QualifiedName
    /// The constraint.
    public var constraint: Identifier
}

/// Comparing two columns in every row, or looking at one.
public struct Verification: Codable, Hashable, Sendable {
    /// The table.
    public var table: QualifiedName
    /// Rows for which this holds differ.
    public var differs: SQL
    /// What mends them: the right side of SET; nil where nothing does.
    public var repair: SQL?
    /// What identifies a row in a message: key columns, or the row's place where there is no key.
    public var key: [Identifier]
    /// The triggers that keep the columns equal; they must be the same rows of the catalog throughout.
    public var triggers: [Identifier]
    /// Rows whose value the other column's type can't hold; nil if there can be none.
    public var misfit: SQL?
    /// Rows whose value can be converted and doesn't come back; nil if all do.
    public var lossy: SQL?
    /// Whether the user has allowed such rows.
    public var toleratesLoss: Bool = false
    /// The value to show of such a row.
    public var value: SQL?
    /// How messages speak of it; nil for two columns that should be equal.
    public var wording: Wording?

    /// The key of a row of the table `t`, as SQL.
    static func keyText(_ key: [Identifier]) -> SQL {
        key.isEmpty ? "t.ctid::text" : "concat_ws(', ', \(SQL.joined(key.map { "t.\($0)::text" as SQL })))"
    }
}

/// How messages speak of a comparison.
public struct Wording: Codable, Hashable, Sendable {
    /// What there is not, where there is nothing to compare: `no two columns to compare`.
    public var absence: String
    /// Rows that it finds: `rows that differ`.
    public var found: String
    /// The same as a sentence: `rows differ`.
    public var verdict: String
    /// What state is left when it fails.
    public var left: String
    /// Why a row can't be mended.
    public var reason: String
    /// What to do about that; nil for comparing again.
    public var remedy: String?

    /// Two columns that should be equal.
    static let columns = Wording(
        absence: "no two columns to compare",
        found: "rows that differ",
        verdict: "rows differ",
        left: "Both columns stand, and everything else is in sync.",
        reason: "they differ again as soon as they are mended"
    )
}
