/// What tells whether a change's legacy column is still used, each piece with how sure it is.
public struct Evidence: Encodable, Sendable {
    /// The change's number.
    public let number: Int
    /// Its name.
    public let change: String
    /// The table that it is about.
    public let table: String
    /// The last phase reached.
    public let phase: String?
    /// When this was looked at, by the server's clock.
    public let takenAt: String
    /// When the columns changed their roles; nil before swap.
    public let swappedAt: String?
    /// Writes that came as old releases write, by column.
    public let writes: [Writes]
    /// How long none has come, in seconds: since the last one, or since swap. Nil where that can't be told.
    public let quietSeconds: Double?
    /// How long none should have come, in seconds.
    public let requiredQuietSeconds: Double
    /// What the server's statement statistics say; nil for a change without a legacy column.
    public let statements: Statements?
    /// What in the catalog uses the legacy column.
    public let objects: [Mention]
    /// Sessions whose present or last statement names it.
    public let sessions: [Session]
    /// Sessions whose statement this role may not see.
    public let hiddenSessions: Int
    /// Prepared transactions that hold a lock on the table.
    public let preparedTransactions: [Blocker]
    /// Rows that the old type can't hold; nil where every row fits or nobody has counted.
    public let unfit: Unfit?
    /// What can't be seen from here.
    public let unseen: [String]
    /// What speaks against drop, the weightiest first.
    public let reasons: [Reason]
    /// Whether nothing is known that speaks against drop.
    public let isQuiet: Bool

    /// On what a finding rests.
    public enum Basis: String, Encodable, Sendable {
        /// The server itself says so: it parsed the statement, or its catalog holds the dependency.
        case server
        /// The name stands in a text.
        case text
    }

    /// Writes that came as old releases write.
    public struct Writes: Encodable, Hashable, Sendable {
        /// The table.
        public let table: String
        /// The column.
        public let column: String
        /// What is counted.
        public let kind: Kind
        /// How many; nil if they aren't counted.
        public let count: Int?
        /// When the first one came, as the server writes it.
        public let first: String?
        /// When the last one came.
        public let last: String?
        /// How long ago that was, in seconds.
        public let secondsAgo: Double?
        /// Why they aren't counted.
        public let problem: String?

        /// What is counted.
        public enum Kind: String, Encodable, Sendable {
            /// Writes through the legacy column alone, since swap.
            case legacy
            /// Writes that would have stored NULL, since expand.
            case filled
        }
    }

    /// What the server's statement statistics say.
    public struct Statements: Encodable, Sendable {
        /// Why they can't be read, or not all of them.
        public var problem: String?
        /// What to do about that.
        public var remedy: String?
        /// Since when they have been collected.
        public var since: String?
        /// Whether all of them date from after swap.
        public var isSinceSwap = false
        /// For how long they were watched, in seconds.
        public var watchedSeconds: Double?
        /// Statements that name the column, or may.
        public var found: [Statement] = []
        /// Statements with the name in them that were not looked at, for there were too many.
        public var leftOut = 0
    }

    /// One statement of the statistics.
    public struct Statement: Encodable, Hashable, Sendable {
        /// The role that ran it.
        public let role: String
        /// How often.
        public let calls: Int
        /// How often while it was watched.
        public let callsWatched: Int?
        /// Whether its statistics begin after swap.
        public let isSinceSwap: Bool
        /// The table whose column it names.
        public let table: String
        /// The column.
        public let column: String
        /// Its text without constants, shortened.
        public let query: String
        /// Who says that it uses the column.
        public let basis: Basis
        /// Whether it does so by `*` alone, so that it doesn't name it.
        public let isStar: Bool
    }

    /// Something in the catalog.
    public struct Mention: Encodable, Hashable, Sendable {
        /// The table.
        public let table: String
        /// The column.
        public let column: String
        /// The object as the server describes it.
        public let object: String
        /// Who says that it uses the column.
        public let basis: Basis
        /// Whether drop would be refused because of it, or go wrong.
        public let isInTheWay: Bool
        /// What that means.
        public let text: String
    }

    /// A session of another program.
    public struct Session: Encodable, Hashable, Sendable {
        /// Its server process.
        public let pid: Int
        /// Its role.
        public let user: String?
        /// What it calls itself.
        public let application: String
        /// `active`, `idle`, `idle in transaction` …
        public let state: String?
        /// For how long it has been in that state, in seconds.
        public let seconds: Double?
        /// The statement, shortened and without constants.
        public let query: String
        /// Who says that it uses the column.
        public let basis: Basis
    }

    /// Rows that the old type can't hold.
    public struct Unfit: Encodable, Hashable, Sendable {
        /// How many.
        public let rows: Int
        /// When they were counted.
        public let countedAt: String
    }

    /// Something that speaks against drop.
    public struct Reason: Encodable, Hashable, Sendable {
        /// How much.
        public let weight: Weight
        /// What it is.
        public let text: String
        /// What to do about it.
        public let next: String?

        /// How much something speaks against drop.
        public enum Weight: String, Encodable, Sendable {
            /// Drop would be refused, or statements fail at once.
            case inTheWay
            /// The column is used, or was too lately.
            case used
            /// It may be.
            case perhaps
        }
    }
}
