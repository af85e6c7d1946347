/// What a call to the server can end with instead of a result.
public enum PostgresError: Error, Hashable, Sendable {
    /// The server refused the statement; the connection goes on.
    case server(ServerError)
    /// No connection could be made.
    case cannotConnect(String)
    /// The connection broke. Whether the statement took effect is unknown.
    case connectionLost(String)
    /// The task was cancelled and the statement with it.
    case cancelled
    /// A result did not have the shape that the caller expected.
    case decoding(String)

    /// The server's code, where the server spoke.
    public var state: SQLState? {
        if case .server(let error) = self { error.state } else { nil }
    }

    /// What the server said, in one sentence, or the whole description where it said nothing.
    public var serverMessage: String {
        if case .server(let error) = self { error.message } else { description }
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .server(let error): error.description
        case .cannotConnect(let reason): "cannot connect to the server: \(reason)"
        case .connectionLost(let reason): "the connection to the server was lost: \(reason)"
        case .cancelled: "cancelled"
        case .decoding(let reason): "unexpected result: \(reason)"
        }
    }
}
