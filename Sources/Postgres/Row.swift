/// One row of a result, its values in the server's text format.
public struct Row: Sendable {
    let columns: [String: Int]
    let values: [String?]

    /// The value of a column, decoded as the type asked for.
    ///
    /// - Throws: `PostgresError.decoding` if there is no such column, the value is NULL and the type not optional,
    ///   or the text is not of the type.
    public subscript<Value: RowDecodable>(column: String) -> Value {
        get throws(PostgresError) {
            guard let index = columns[column] else {
                throw .decoding("the result has no column \(column)")
            }
            return try decode(index, column)
        }
    }

    /// The value of the row's first column.
    public func first<Value: RowDecodable>(as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        try decode(0, "1")
    }

    private func decode<Value: RowDecodable>(_ index: Int, _ name: String) throws(PostgresError) -> Value {
        guard values.indices.contains(index), let value = Value(serverText: values[index]) else {
            let found = values.indices.contains(index) ? values[index] ?? "NULL" : "no column"
            throw .decoding("column \(name) holds \(found), which is no \(Value.self)")
        }
        return value
    }
}

/// A type that a value of a result can be read as.
public protocol RowDecodable {
    /// Reads the server's text; nil stands for NULL. Returns nil if it is not of this type.
    init?(serverText: String?)
}

extension String: RowDecodable {
    public init?(serverText: String?) {
        guard let serverText else { return nil }
        self = serverText
    }
}

extension Int: RowDecodable {
    public init?(serverText: String?) {
        guard let serverText, let value = Int(serverText) else { return nil }
        self = value
    }
}

extension UInt32: RowDecodable {
    public init?(serverText: String?) {
        guard let serverText, let value = UInt32(serverText) else { return nil }
        self = value
    }
}

extension Double: RowDecodable {
    public init?(serverText: String?) {
        guard let serverText, let value = Double(serverText) else { return nil }
        self = value
    }
}

extension Bool: RowDecodable {
    public init?(serverText: String?) {
        guard serverText == "t" || serverText == "f" else { return nil }
        self = serverText == "t"
    }
}

extension Optional: RowDecodable where Wrapped: RowDecodable {
    public init?(serverText: String?) {
        guard serverText != nil else {
            self = nil
            return
        }
        guard let value = Wrapped(serverText: serverText) else { return nil }
        self = value
    }
}
