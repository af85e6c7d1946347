/// Tells reads and writes of rows from everything else that a statement may be.
///
/// An allow-list: one statement, of a kind that is named here, without comments and dollar quotes (ours have none)
/// and without SELECT … INTO, which makes a table. What it can't read, it refuses.
enum StatementCheck {
    private static let kinds: Set<String> = ["SELECT", "WITH", "SHOW", "INSERT", "UPDATE", "DELETE"]
    private static let transactionEnds: Set<String> = ["BEGIN", "COMMIT", "ROLLBACK"]

    /// Whether a session may run the statement outside of the lock guard.
    static func allows(_ text: String) -> Bool {
        guard text.unicodeScalars.first.map(isWordScalar) == true, let words = words(text), let first = words.first
        else { return false }
        // COMMIT PREPARED and its like end transactions of others.
        if transactionEnds.contains(first) { return words.count == 1 }
        guard kinds.contains(first) else { return false }
        return zip(words, words.dropFirst()).allSatisfy { before, word in word != "INTO" || before == "INSERT" }
    }

    /// The words outside of quotes, in capitals; nil for a text with a comment, a second statement, a dollar quote or
    /// a quote that does not end.
    private static func words(_ text: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if isWordScalar(scalar) {
                word.unicodeScalars.append(scalar)
                continue
            }
            if scalar == "'" || scalar == "\"" {
                guard rest.skip(to: scalar, withEscapes: scalar == "'" && word.uppercased() == "E") else {
                    return nil
                }
            }
            if !word.isEmpty { words.append(word.uppercased()) }
            word = ""
            switch (scalar, rest.first) {
            case (";", _), ("-", "-"), ("/", "*"): return nil
            case ("$", let next) where next.map { !("0"..."9").contains($0) } ?? true: return nil
            default: break
            }
        }
        if !word.isEmpty { words.append(word.uppercased()) }
        return words
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("0"..."9").contains(scalar) || scalar.properties.isAlphabetic
    }
}
