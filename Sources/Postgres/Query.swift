/// A statement with bound values: `"SELECT … WHERE id = \(id)"` sends `$1` and the value apart from the text.
public struct Query: Hashable, Sendable {
    /// The statement, with `$1`, `$2` … where values stand.
    public let text: String
    /// The values in their text form; nil is NULL.
    public let values: [String?]

    /// A statement without values.
    public init(_ sql: SQL) {
        text = sql.text
        values = []
    }

    /// Whether a NUL is in it, which neither C strings nor the server's texts can hold.
    var holdsNUL: Bool {
        text.utf8.contains(0) || values.contains { $0?.utf8.contains(0) ?? false }
    }
}

extension Query: ExpressibleByStringInterpolation {
    /// Collects the text and the values of a query literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var values: [String?] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// A value, bound.
        public mutating func appendInterpolation(_ value: (some Bindable)?) {
            values.append(value?.bound)
            text += "$\(values.count)"
        }

        /// A name, quoted.
        public mutating func appendInterpolation(_ identifier: Identifier) {
            text += identifier.quoted
        }

        /// A name with its schema, both quoted.
        public mutating func appendInterpolation(_ name: QualifiedName) {
            text += name.quoted
        }

        /// A piece of SQL.
        public mutating func appendInterpolation(_ sql: SQL) {
            text += sql.text
        }
    }

    public init(stringLiteral value: String) {
        text = value
        values = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }
}

/// A value that can be sent apart from the statement, in the server's text format.
public protocol Bindable {
    /// The value's text form.
    var bound: String { get }
}

extension String: Bindable {
    public var bound: String { self }
}

extension Int: Bindable {
    public var bound: String { String(self) }
}

extension UInt32: Bindable {
    public var bound: String { String(self) }
}

extension Double: Bindable {
    public var bound: String { String(self) }
}

extension Bool: Bindable {
    public var bound: String { self ? "t" : "f" }
}

extension Array: Bindable where Element: Bindable {
    /// The array constant of PostgreSQL documentation, 8.15.2, every element quoted.
    public var bound: String {
        let elements = map { element in
            "\"" + element.bound.putting("\\", before: "\\", "\"") + "\""
        }
        return "{" + elements.joined(separator: ",") + "}"
    }
}
