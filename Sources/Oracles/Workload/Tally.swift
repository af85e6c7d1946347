/// What a workload counted.
public struct Tally: Hashable, Sendable {
    /// A statement that the server refused.
    public struct Failure: Hashable, Sendable, CustomStringConvertible {
        /// Who sent it.
        public let client: String
        /// The statement.
        public let statement: String
        /// The server's code; nil where the server didn't speak.
        public let state: String?
        /// The server's message.
        public let message: String

        /// On one line.
        public var description: String { "\(client): \(message) in \(statement)" }
    }

    /// Rows written with an acknowledgement: each row of a committed transaction is one.
    public internal(set) var acknowledgedWrites = 0
    /// Rows read.
    public internal(set) var reads = 0
    /// Transactions that a client rolled back on purpose.
    public internal(set) var rolledBack = 0
    /// Statements that the server refused.
    public internal(set) var errors = 0
    /// The same by SQLSTATE.
    public internal(set) var errorsByState: [String: Int] = [:]
    /// The first of them.
    public internal(set) var firstErrors: [Failure] = []
    /// Answers that contradict what was acknowledged: a value read, or the number of rows that a write touched.
    public internal(set) var wrongReads = 0
    /// The first of them.
    public internal(set) var firstWrongReads: [String] = []
    /// Connections that broke or could not be made.
    public internal(set) var connectionsLost = 0
    /// Writes whose outcome a broken connection left unknown.
    public internal(set) var unknownOutcomes = 0
    /// How long each statement took.
    public internal(set) var latency = LatencyHistogram()

    /// How many of the first errors and wrong reads are kept.
    public static let kept = 20

    /// Nothing counted.
    public init() {}

    mutating func countError(_ failure: Failure) {
        errors += 1
        errorsByState[failure.state ?? "none", default: 0] += 1
        if firstErrors.count < Self.kept { firstErrors.append(failure) }
    }

    mutating func countWrongRead(_ message: String) {
        wrongReads += 1
        if firstWrongReads.count < Self.kept { firstWrongReads.append(message) }
    }

    mutating func add(_ other: Tally) {
        acknowledgedWrites += other.acknowledgedWrites
        reads += other.reads
        rolledBack += other.rolledBack
        errors += other.errors
        errorsByState.merge(other.errorsByState, uniquingKeysWith: +)
        firstErrors = Array((firstErrors + other.firstErrors).prefix(Self.kept))
        wrongReads += other.wrongReads
        firstWrongReads = Array((firstWrongReads + other.firstWrongReads).prefix(Self.kept))
        connectionsLost += other.connectionsLost
        unknownOutcomes += other.unknownOutcomes
        latency.add(other.latency)
    }
}
