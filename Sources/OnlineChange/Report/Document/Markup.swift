import Postgres

/// A piece of HTML. Every text that is interpolated is escaped, so that no name or statement of anybody's becomes markup,
/// and passwords of connection strings are taken out.
struct Markup: Hashable, Sendable, ExpressibleByStringInterpolation {
    private(set) var source: String

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { source += literal }

        /// A text of anybody's.
        mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }

        /// A piece of markup.
        mutating func appendInterpolation(_ markup: Markup) { source += markup.source }

        /// Pieces one after another.
        mutating func appendInterpolation(_ pieces: [Markup]) { source += pieces.map(\.source).joined() }

        /// A number.
        mutating func appendInterpolation(_ number: Int) { source += String(number) }
    }

    init(stringLiteral value: String) { source = value }
    init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in Secrets.hidden(in: text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isControl = scalar.properties.generalCategory == .control
                let isTurning = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                result.unicodeScalars.append(isControl || isTurning ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }
}
