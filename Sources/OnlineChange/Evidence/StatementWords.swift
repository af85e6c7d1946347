import Postgres

/// The names and marks of a statement's text, without its constants and comments.
///
/// It tells `name` from `full_name`, from 'name' and from a function `name(…)`. What a name means only the server knows.
struct StatementWords: Sendable {
    /// A piece of the text.
    enum Token: Hashable, Sendable {
        /// A name or a key word, folded unless it was quoted.
        case word(String, isQuoted: Bool)
        /// A constant of any kind, or a parameter.
        case value
        /// Any other character.
        case mark(Unicode.Scalar)
    }

    let tokens: [Token]

    init(_ text: String) {
        var tokens: [Token] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if let token = Self.token(&rest, scalar) { tokens.append(token) }
        }
        self.tokens = tokens
    }

    /// The first word, in capitals.
    var verb: String {
        for case .word(let word, false) in tokens { return word.uppercased() }
        return ""
    }

    /// Whether the name stands where a column could: neither behind AS nor before a bracket that makes it a function.
    func names(column: Identifier) -> Bool {
        tokens.indices.contains { place in
            guard isWord(place, column.name) else { return false }
            if place > 0, isWord(place - 1, "as") { return false }
            return !(place + 1 < tokens.count && tokens[place + 1] == .mark("("))
        }
    }

    /// Whether one of the names stands anywhere.
    func names(anyOf relations: [Identifier]) -> Bool {
        tokens.indices.contains { place in relations.contains { isWord(place, $0.name) } }
    }

    /// The statement with a parameter in the place of each constant, so that the server can parse it and nobody's data
    /// comes into its log.
    var parameterized: String {
        var number = 0
        return rendered(limit: .max) {
            number += 1
            return "$\(number)"
        }
    }

    /// The text without constants and comments, on one line and no longer than that.
    func shortened(to limit: Int) -> String {
        rendered(limit: limit) { "?" }
    }

    private func rendered(limit: Int, value: () -> String) -> String {
        var text = ""
        for (place, token) in tokens.enumerated() {
            let piece =
                switch token {
                case .word(let word, let isQuoted): isQuoted ? Identifier(word).quoted : word
                case .value: value()
                case .mark(let mark): String(mark)
                }
            text += (place > 0 && Self.isApart(tokens[place - 1], token) ? " " : "") + piece
            if text.count > limit { return text.prefix(limit) + "…" }
        }
        return text
    }

    private func isWord(_ place: Int, _ name: String) -> Bool {
        if case .word(let word, _) = tokens[place] { word == name } else { false }
    }

    private static func isApart(_ left: Token, _ right: Token) -> Bool {
        switch (left, right) {
        case (.mark("."), _), (_, .mark(".")), (.mark("("), _), (_, .mark(")")), (_, .mark(",")), (_, .mark(";")): false
        case (.mark(":"), _), (_, .mark(":")), (.mark("["), _), (_, .mark("[")), (_, .mark("]")): false
        case (.mark(let one), .mark(let two)) where operators.contains(one) && operators.contains(two): false
        default: true
        }
    }

    private static let operators: Set<Unicode.Scalar> = ["<", ">", "=", "!", "|", "&", "~", "@", "#", "-", "+", "?"]

    private static func token(_ rest: inout Substring.UnicodeScalarView, _ scalar: Unicode.Scalar) -> Token? {
        switch scalar {
        case _ where scalar.properties.isWhitespace:
            rest.removeFirst()
            return nil
        case "'":
            rest.removeFirst()
            _ = rest.skip(to: "'", withEscapes: false)
            return .value
        case "\"":
            rest.removeFirst()
            return .word(quoted(&rest), isQuoted: true)
        case "-" where rest.dropFirst().first == "-":
            rest = rest.drop { $0 != "\n" }
            return nil
        case "/" where rest.dropFirst().first == "*":
            comment(&rest)
            return nil
        case "$":
            dollar(&rest)
            return .value
        case "0"..."9":
            rest = rest.drop { isWordScalar($0) || $0 == "." }
            return .value
        case _ where isWordScalar(scalar):
            return word(&rest)
        default:
            rest.removeFirst()
            return .mark(scalar)
        }
    }

    /// A name, or a constant such as E'…' that begins like one.
    private static func word(_ rest: inout Substring.UnicodeScalarView) -> Token {
        let word = String(Substring(rest.prefix { isWordScalar($0) || $0 == "$" }))
        rest = rest.dropFirst(word.unicodeScalars.count)
        guard rest.first == "'", ["e", "b", "x", "n"].contains(word.lowercased()) else {
            return .word(folded(word), isQuoted: false)
        }
        rest.removeFirst()
        _ = rest.skip(to: "'", withEscapes: word.lowercased() == "e")
        return .value
    }

    /// As the server folds a name that isn't quoted: ASCII letters alone, in a database with several bytes a letter.
    private static func folded(_ word: String) -> String {
        String(String.UnicodeScalarView(word.unicodeScalars.map { $0.isASCII ? lower($0) : $0 }))
    }

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String {
        var name = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" {
                guard rest.first == "\"" else { break }
                rest.removeFirst()
            }
            name.append(scalar)
        }
        return String(name)
    }

    /// Comments nest.
    private static func comment(_ rest: inout Substring.UnicodeScalarView) {
        var depth = 0
        while let scalar = rest.popFirst() {
            if scalar == "/", rest.first == "*" {
                rest.removeFirst()
                depth += 1
            } else if scalar == "*", rest.first == "/" {
                rest.removeFirst()
                depth -= 1
                if depth == 0 { return }
            }
        }
    }

    /// A parameter, or a constant between dollar signs.
    private static func dollar(_ rest: inout Substring.UnicodeScalarView) {
        rest.removeFirst()
        let tag = rest.prefix { isWordScalar($0) }
        rest = rest.dropFirst(tag.count)
        guard rest.first == "$" else { return }
        rest.removeFirst()
        let end = "$" + String(Substring(tag)) + "$"
        let text = Substring(rest)
        rest = text.firstRange(of: end).map { text[$0.upperBound...].unicodeScalars } ?? rest.dropFirst(rest.count)
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.value > 127 || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
            || ("A"..."Z").contains(scalar)
    }
}
