/// An error that the server reported for a statement. The connection goes on.
public struct ServerError: Error, Hashable, Sendable {
    /// The five-character code (PostgreSQL documentation, appendix A).
    public let state: SQLState
    /// The primary message.
    public let message: String
    /// More about it, where the server gave more.
    public let detail: String?
    /// What to do about it, where the server knows.
    public let hint: String?
    /// The call stack in which it arose, such as a trigger function's line.
    public let context: String?
    /// The constraint that refused a row.
    public let constraint: String?

    /// An error as the server would report it.
    public init(
        state: SQLState,
        message: String,
        detail: String? = nil,
        hint: String? = nil,
        context: String? = nil,
        constraint: String? = nil
    ) {
        self.state = state
        self.message = message
        self.detail = detail
        self.hint = hint
        self.context = context
        self.constraint = constraint
    }
}

extension ServerError: CustomStringConvertible {
    /// Message, detail and hint on lines of their own, the code in brackets.
    public var description: String {
        var lines = ["\(message) [\(state.code)]"]
        if let detail { lines.append("detail: \(detail)") }
        if let hint { lines.append("hint: \(hint)") }
        return lines.joined(separator: "\n")
    }
}

/// An SQLSTATE code.
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The five characters.
    public let code: String

    public init(stringLiteral value: String) {
        code = value
    }

    /// A code as the server sent it.
    public init(_ code: String) {
        self.code = code
    }

    /// A lock was not obtained within `lock_timeout`.
    public static let lockNotAvailable: SQLState = "55P03"
    /// A cancel request, or `statement_timeout`.
    public static let queryCanceled: SQLState = "57014"
    /// This transaction was the victim that ended a deadlock.
    public static let deadlockDetected: SQLState = "40P01"
    /// A concurrent update in the way of a serializable transaction.
    public static let serializationFailure: SQLState = "40001"
    /// A privilege is missing.
    public static let insufficientPrivilege: SQLState = "42501"
    /// No such table, view or sequence.
    public static let undefinedTable: SQLState = "42P01"
    /// No such object of another kind.
    public static let undefinedObject: SQLState = "42704"
    /// No such schema.
    public static let invalidSchemaName: SQLState = "3F000"
    /// An expression has another type than is needed, and no cast that may be used here.
    public static let datatypeMismatch: SQLState = "42804"
    /// A definition that the server can't accept: a generated column whose expression isn't immutable, for one.
    public static let invalidObjectDefinition: SQLState = "42P17"
    /// A unique index refused a row.
    public static let uniqueViolation: SQLState = "23505"
    /// A CHECK refused a row.
    public static let checkViolation: SQLState = "23514"
    /// NOT NULL refused a row.
    public static let notNullViolation: SQLState = "23502"
    /// DROP without CASCADE of something that others depend on.
    public static let dependentObjectsStillExist: SQLState = "2BP01"
    /// A write in a read-only transaction or on a standby.
    public static let readOnlyTransaction: SQLState = "25006"
    /// A text with bytes that its encoding does not have.
    public static let characterNotInRepertoire: SQLState = "22021"
    /// The server takes no more connections.
    public static let tooManyConnections: SQLState = "53300"
}
