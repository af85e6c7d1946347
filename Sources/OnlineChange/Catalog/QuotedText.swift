/// Quotes in SQL's own texts (lexical structure: PostgreSQL's chapter 4.1).
extension Substring.UnicodeScalarView {
    /// Goes behind the closing quote; false if there is none. A doubled quote ends one and begins another at once.
    mutating func skip(to quote: Unicode.Scalar, withEscapes: Bool) -> Bool {
        while let scalar = popFirst() {
            if scalar == quote {
                guard first == quote else { return true }
                removeFirst()
            } else if scalar == "\\", withEscapes {
                _ = popFirst()
            }
        }
        return false
    }
}
