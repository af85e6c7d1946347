/// Reads names as a person writes them in SQL: `users`, `app.users`, `"Order"`, `app."Läufe"`.
///
/// Follows PostgreSQL documentation, 4.1.1: what is not quoted is folded to lower case (ASCII only, as the server
/// does in a UTF-8 database), what is quoted is kept, a doubled quote stands for one.
public enum NameSyntax {
    /// Why a text is not a name.
    public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// Nothing where a name should be, as in `a..b`.
        case empty(in: String)
        /// A quote that opens and does not close.
        case unterminatedQuote(in: String)
        /// A character that only a quoted name may have.
        case mustBeQuoted(part: String, character: Character)
        /// More or fewer parts than fit.
        case wrongNumberOfParts(in: String, allowed: ClosedRange<Int>)
        /// More bytes than the server keeps.
        case tooLong(name: String, bytes: Int)

        public var description: String {
            switch self {
            case .empty(let text):
                "'\(text)' has an empty name in it"
            case .unterminatedQuote(let text):
                "'\(text)' opens a double quote and does not close it"
            case .mustBeQuoted(let part, "\0"):
                "'\(part)' has a NUL character, which no name may have"
            case .mustBeQuoted(let part, let character):
                (("0"..."9") ~= character || character == "$"
                    ? "'\(part)' begins with '\(character)', which a name may do only in double quotes: "
                    : "'\(part)' has the character '\(character)', which a name may have only in double quotes: ")
                    + "'\(Identifier(part).quoted)' (in a shell, with single quotes around them)"
            case .wrongNumberOfParts(let text, let allowed):
                allowed == 1...1
                    ? "'\(text)' has a dot: give a single name, or quote it: '\(Identifier(text).quoted)'"
                    : "'\(text)' has more than \(allowed.upperBound) parts"
            case .tooLong(let name, let bytes):
                "'\(name)' has \(bytes) bytes and the server keeps \(Identifier.maximumBytes): choose a shorter name"
            }
        }
    }

    /// A single name.
    public static func identifier(_ text: String) throws(Problem) -> Identifier {
        try parts(text, allowed: 1...1)[0]
    }

    /// A name, with or without its schema before a dot.
    public static func optionallyQualified(
        _ text: String
    ) throws(Problem) -> (schema: Identifier?, name: Identifier) {
        let parts = try parts(text, allowed: 1...2)
        return parts.count == 2 ? (parts[0], parts[1]) : (nil, parts[0])
    }

    // By scalars, as the server reads: a quote or a dot stays one whatever combining mark follows it.
    private static func parts(_ text: String, allowed: ClosedRange<Int>) throws(Problem) -> [Identifier] {
        var result: [Identifier] = []
        var rest = text.unicodeScalars[...]
        repeat {
            let name = rest.first == "\"" ? try quoted(&rest, in: text) : try bare(&rest)
            guard !name.isEmpty else { throw .empty(in: text) }
            guard !name.utf8.contains(0) else { throw .mustBeQuoted(part: name, character: "\0") }
            let identifier = Identifier(name)
            guard identifier.isStorable else { throw .tooLong(name: name, bytes: name.utf8.count) }
            result.append(identifier)
        } while rest.popFirst() == "."
        guard allowed.contains(result.count) else { throw .wrongNumberOfParts(in: text, allowed: allowed) }
        return result
    }

    private static func quoted(_ rest: inout Scalars, in text: String) throws(Problem) -> String {
        let whole = rest
        var name = String.UnicodeScalarView()
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            if scalar != "\"" {
                name.append(scalar)
            } else if rest.first == "\"" {
                name.append("\"")
                rest.removeFirst()
            } else if rest.isEmpty || rest.first == "." {
                return String(name)
            } else {
                let end = rest.firstIndex(of: ".") ?? rest.endIndex
                throw .mustBeQuoted(part: String(whole[..<end]), character: "\"")
            }
        }
        throw .unterminatedQuote(in: text)
    }

    private static func bare(_ rest: inout Scalars) throws(Problem) -> String {
        let part = rest.prefix { $0 != "." }
        rest = rest[part.endIndex...]
        var name = String.UnicodeScalarView()
        for scalar in part {
            let isLetter = !scalar.isASCII || scalar == "_" || ("a"..."z") ~= scalar || ("A"..."Z") ~= scalar
            let isInner = !name.isEmpty && (("0"..."9") ~= scalar || scalar == "$")
            guard isLetter || isInner else { throw .mustBeQuoted(part: String(part), character: Character(scalar)) }
            name.append(("A"..."Z") ~= scalar ? Unicode.Scalar(UInt8(ascii: scalar) | 0x20) : scalar)
        }
        return String(name)
    }

    private typealias Scalars = Substring.UnicodeScalarView
}
