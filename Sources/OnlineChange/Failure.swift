import Postgres

/// Why a command did not reach what it was asked for: what happened, what state was left, and the next command.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind, which decides the exit code.
    public let kind: Kind
    /// What happened.
    public let message: String
    /// What state was left.
    public var left: String?
    /// What to do or run next.
    public var next: String?

    /// The kinds of failure; each has an exit code of its own (sysexits.h where it has one that fits).
    public enum Kind: Int32, Codable, Sendable {
        /// The command line makes no sense.
        case usage = 64
        /// Rows differ that could not be repaired, or do not fit.
        case data = 65
        /// The server can't be reached, or was lost for longer than we try.
        case unreachable = 69
        /// A mistake in this program.
        case bug = 70
        /// Not now: a lock was not obtained in time, or another runner holds the change. The same command continues.
        case notNow = 75
        /// A privilege is missing.
        case privilege = 77
        /// A check refused the change.
        case refused = 78
        /// Stopped by the user.
        case interrupted = 130
    }

    /// Makes a failure.
    public init(_ kind: Kind, _ message: String, left: String? = nil, next: String? = nil) {
        self.kind = kind
        self.message = message
        self.left = left
        self.next = next
    }

    public var description: String {
        ([message] + [left, next].compactMap { $0 }).joined(separator: "\n")
    }

    /// What any error means for the user.
    public init(_ error: any Error) {
        switch error {
        case let failure as Failure:
            self = failure
        case is CancellationError:
            self = .interruptedByUser
        case let error as PostgresError:
            self.init(error)
        case let error as RecipeError:
            self.init(
                .usage,
                error.description,
                left: "Nothing was changed.",
                next: "Mend the recipe and run it again."
            )
        case let problem as NameSyntax.Problem:
            if case .tooLong = problem {
                self.init(.refused, problem.description, left: "Nothing was changed.")
            } else {
                self.init(
                    .usage,
                    problem.description,
                    left: "Nothing was changed.",
                    next: "Names are read as in SQL: put what is no plain name into double quotes."
                )
            }
        default:
            self.init(.bug, "\(error)", left: Self.committed, next: Self.ours)
        }
    }

    private static let committed = "What was committed stands; the statement under way was undone."
    private static let ours =
        "That is a mistake of online-change's: please report it with this message. Running the same command again is safe."

    private static let interruptedByUser = Failure(
        .interrupted,
        "interrupted",
        left: committed,
        next: "Run the same command again to go on, from any machine."
    )

    private init(_ error: PostgresError) {
        switch error {
        case .cancelled:
            self = .interruptedByUser
        case .cannotConnect:
            self.init(
                .unreachable,
                error.description,
                left: "Nothing was changed.",
                next: "Look at --dsn, or libpq's environment and service file, and whether the server is up."
            )
        case .connectionLost:
            self.init(.unreachable, error.description, left: Self.committed, next: "Run the same command again.")
        case .decoding:
            self.init(.bug, error.description, left: Self.committed, next: Self.ours)
        case .server(let server):
            switch server.state {
            case .insufficientPrivilege:
                self.init(
                    .privilege,
                    server.description,
                    left: Self.committed,
                    next: "Have the privilege granted, or connect as the table's owner, and run the same command again."
                )
            case .lockNotAvailable, .deadlockDetected, .serializationFailure:
                self.init(.notNow, server.description, left: Self.committed, next: "Run the same command again.")
            case .dependentObjectsStillExist:
                self.init(
                    .refused,
                    "\(server.message)\(server.detail.map { ": \($0)" } ?? "")",
                    left: "Nothing of this step was done.",
                    next: "Have these objects use the other name, then run the same command again."
                )
            case .tooManyConnections:
                self.init(
                    .unreachable,
                    server.description,
                    left: Self.committed,
                    next: "Run the same command again when the server has room for a few sessions."
                )
            case let state
            where [.undefinedTable, .invalidSchemaName].contains(state) && server.message.contains("online_change"):
                self.init(
                    .refused,
                    "the ledger is damaged: \(server.description)",
                    left: "What was committed stands; the statement was undone.",
                    next: "Bring schema online_change back from a backup, or undo the change: online-change rollback."
                )
            case let state where state.meansExhaustion:
                self.init(
                    .notNow,
                    "the server has run out of something: \(server.description)",
                    left: "What was committed stands, and the position with it; the statement was undone.",
                    next: "Make room, then run the same command again."
                )
            default:
                self.init(
                    .refused,
                    "the server refused a statement: \(server.description)",
                    left: "What was committed stands; the statement was undone.",
                    next: "Mend that and run the same command again, or undo the change: online-change rollback."
                )
            }
        }
    }
}

extension SQLState {
    /// Disk, memory or locks: what class 53 is about, but for connections.
    fileprivate var meansExhaustion: Bool { code.hasPrefix("53") && self != .tooManyConnections }
}
