/// What there is to tell about a change, as the ledger and the server know it at one moment. A value: `text` and `html` show
/// it, and neither asks anybody.
public struct ReportDocument: Sendable {
    /// How it stands.
    public internal(set) var status: ChangeStatus
    /// The recipe, and its arguments as they were given.
    public internal(set) var recipe: String
    /// `from: name`, one for each argument.
    public internal(set) var arguments: [String]
    /// When this was read, as the server writes it, and which tool did.
    public internal(set) var made: String
    /// The phases with their steps.
    public internal(set) var phases: [Phase]
    /// Locks that the steps ask for.
    public internal(set) var locks: [Lock]
    /// Comparisons of the whole table, the first one first.
    public internal(set) var comparisons: [Comparison]
    /// How the backfill went.
    public internal(set) var backfill: [Sample]
    /// How the comparisons went.
    public internal(set) var compare: [Sample]
    /// Who did what, the first one first.
    public internal(set) var audit: [AuditLine]
    /// What `evidence` finds between swap and drop, a line each.
    public internal(set) var found: [String] = []

    /// A phase.
    public struct Phase: Sendable {
        /// Its name.
        public var name: String
        /// What it does.
        public var summary: String
        /// `reached`, `under way` or `ahead`.
        public var state: String
        /// Its steps.
        public var steps: [Step]

        /// When its first step began, in seconds since 1970.
        var begun: Double? { steps.compactMap(\.begun).min() }
        /// When its last step ended.
        var ended: Double? { steps.compactMap { $0.ended ?? $0.begun }.max() }
    }

    /// A step.
    public struct Step: Sendable {
        /// What it does.
        public var title: String
        /// `done`, `begun`, `undone`, or nil if it lies ahead.
        public var state: String?
        /// When it began, in seconds since 1970.
        public var begun: Double?
        /// The same as the server writes it.
        public var begunAt: String?
        /// When it ended, in seconds since 1970.
        public var ended: Double?
        /// Seconds that it waited for its locks; nil if it asks for none.
        public var waited: Double?
        /// How often it asked in vain.
        public var retries: Int?

        /// Seconds that it took.
        var seconds: Double? {
            guard let begun, let ended, ended >= begun else { return nil }
            return ended - begun
        }
    }

    /// A lock that a step asks for.
    public struct Lock: Hashable, Sendable {
        /// The phase.
        public var phase: String
        /// The table.
        public var table: String
        /// `ACCESS EXCLUSIVE`.
        public var mode: String
        /// Why it must be that strong.
        public var reason: String
        /// The step that asks for it.
        public var step: String
    }

    /// A comparison of the whole table.
    public struct Comparison: Sendable {
        /// When it ended, as the server writes it.
        public var at: String
        /// The table.
        public var table: String
        /// Seconds that it took.
        public var seconds: Double
        /// Rows compared.
        public var rows: Int
        /// Rows that differed.
        public var differences: Int
        /// Rows of these that were mended.
        public var repaired: Int
        /// Rows whose value the other column can't hold.
        public var unfit: Int
    }

    /// A line of the audit trail.
    public struct AuditLine: Sendable {
        /// When, as the server writes it.
        public var at: String
        /// The role.
        public var actor: String
        /// Who and where: `ada@host (pid 4711)`.
        public var origin: String
        /// What happened.
        public var what: String
        /// What was sent to the server.
        public var statements: String?
    }

    /// Rows, seconds and batches of the backfill, as far as samples tell.
    var backfillTotal: Sample? {
        backfill.dropFirst().reduce(backfill.first) { $0?.merged(with: $1) }
    }
}
