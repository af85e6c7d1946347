import Postgres

/// What somebody says of what they do, for the audit trail: a ticket, a release, a reason.
public struct Annotation: Hashable, Sendable {
    /// The text on one line, without the passwords of connection strings.
    public let text: String

    /// The most characters that it may have.
    public static let longest = 500

    /// Nil for a text that is blank or too long.
    public init?(_ text: String) {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...Self.longest).contains(line.count) else { return nil }
        self.text = Secrets.hidden(in: line)
    }

    /// As the audit trail has it.
    var line: String { "annotation: \(text)" }
}
