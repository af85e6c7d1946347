import Postgres

/// A type as people write it, taken apart: `varchar(20)[]` is `varchar[]` with the modifier `20`.
struct TypeName: Hashable {
    let base: String
    let modifier: String

    init(_ text: String) {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else {
            base = text
            modifier = ""
            return
        }
        base = String(text[..<open]) + text[text.index(after: close)...]
        modifier = text[text.index(after: open)..<close].filter { !$0.isWhitespace }
    }

    /// Whether the server takes it for the type that it writes as `type`. False where that is not certain.
    func isSame(as type: String, on session: Session) async throws -> Bool {
        let other = TypeName(type)
        guard modifier == other.modifier else { return false }
        return try await session.valueByLoginPath(
            "SELECT coalesce(pg_catalog.to_regtype(\(base)) OPERATOR(pg_catalog.=) pg_catalog.to_regtype(\(other.base)), false)"
        )
    }
}
