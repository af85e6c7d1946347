/// A name of one SQL object, held unquoted and always written quoted.
///
/// Because the quotes are added by the type, no name can end an identifier and become SQL.
public struct Identifier: Hashable, Comparable, Sendable {
    /// The name as the catalog stores it, without quotes.
    public let name: String

    /// The most bytes that the server keeps of a name (PostgreSQL documentation, 4.1.1): it cuts longer ones silently.
    public static let maximumBytes = 63

    /// Makes an identifier of the name exactly as given: no folding, no trimming.
    public init(_ name: String) {
        self.name = name
    }

    /// Whether the server can hold the name whole: not empty, at most 63 bytes, no NUL.
    public var isStorable: Bool {
        !name.isEmpty && name.utf8.count <= Self.maximumBytes && !name.utf8.contains(0)
    }

    /// The name in double quotes, quotes inside doubled.
    public var quoted: String {
        "\"" + name.putting("\"", before: "\"") + "\""
    }

    /// The name shortened to fit `maximumBytes` together with a suffix that is kept whole, cut between characters.
    public func shortened(appending suffix: String) -> Identifier {
        var kept = ""
        var room = Self.maximumBytes - suffix.utf8.count
        for character in name {
            room -= character.utf8.count
            if room < 0 { break }
            kept.append(character)
        }
        return Identifier(kept + suffix)
    }

    /// Byte by byte, as the server compares names: "é" in one code point and in two are two names to it.
    public static func == (left: Identifier, right: Identifier) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }

    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension Identifier: CustomStringConvertible {
    /// The bare name, for messages. SQL takes `quoted`.
    public var description: String { name }
}

extension Identifier: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// A name with its schema.
public struct QualifiedName: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The schema.
    public let schema: Identifier
    /// The object's own name in it.
    public let name: Identifier

    /// Makes the name of an object in a schema.
    public init(schema: Identifier, name: Identifier) {
        self.schema = schema
        self.name = name
    }

    /// Both parts in double quotes.
    public var quoted: String { schema.quoted + "." + name.quoted }

    /// `schema.name` without quotes, for messages.
    public var description: String { "\(schema).\(name)" }
}
