/// SQL text without parameters, as DDL needs it: the server takes no bound values there.
///
/// A plain string can't be interpolated: names go in as `Identifier` or `QualifiedName`, values as `literal:`,
/// and what the server itself deparsed (`pg_get_indexdef` and the like) as `server:`.
public struct SQL: Hashable, Sendable {
    /// The text as it is sent.
    public let text: String

    private init(text: String) {
        self.text = text
    }

    /// Several pieces with a separator between them.
    public static func joined(_ pieces: some Sequence<SQL>, separator: String = ", ") -> SQL {
        SQL(text: pieces.map(\.text).joined(separator: separator))
    }
}

extension SQL: ExpressibleByStringInterpolation {
    /// Collects the pieces of an SQL literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// A name, quoted.
        public mutating func appendInterpolation(_ identifier: Identifier) {
            text += identifier.quoted
        }

        /// A name with its schema, both quoted.
        public mutating func appendInterpolation(_ name: QualifiedName) {
            text += name.quoted
        }

        /// Another piece of SQL.
        public mutating func appendInterpolation(_ sql: SQL) {
            text += sql.text
        }

        /// A whole number.
        public mutating func appendInterpolation(_ number: some BinaryInteger) {
            text += String(number)
        }

        /// A value as a string constant, which means the same whatever `standard_conforming_strings` is.
        public mutating func appendInterpolation(literal value: String) {
            let constant = "'" + value.putting("'", before: "'").putting("\\", before: "\\") + "'"
            text += value.unicodeScalars.contains("\\") ? "E" + constant : constant
        }

        /// A type or an expression that a user wrote. It belongs into a rehearsal alone, one statement a message: what a
        /// plan holds is what the server read it as.
        public mutating func appendInterpolation(asked text: String) {
            self.text += text
        }

        /// Text that the server deparsed from its own catalog, and which it therefore quoted itself.
        public mutating func appendInterpolation(server deparsed: String) {
            text += deparsed
        }
    }

    public init(stringLiteral value: String) {
        self.init(text: value)
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(text: stringInterpolation.text)
    }
}

extension SQL: CustomStringConvertible {
    public var description: String { text }
}

extension SQL: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
