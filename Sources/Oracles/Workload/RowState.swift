/// What a row may be.
enum RowContent: Hashable, Sendable {
    case absent
    case holding(String?)
}

extension RowContent: CustomStringConvertible {
    var description: String {
        switch self {
        case .absent: "no row"
        case .holding(nil): "NULL"
        case .holding(let value?): "'\(value)'"
        }
    }
}

/// What a client knows of one of its rows.
enum RowState: Hashable, Sendable {
    /// The server acknowledged it, or the client read it.
    case known(RowContent)
    /// The connection broke before the server could say which.
    case eitherOr(Set<RowContent>)

    /// Whether a row may be so.
    func allows(_ content: RowContent) -> Bool {
        switch self {
        case .known(let known): known == content
        case .eitherOr(let possible): possible.contains(content)
        }
    }

    /// This state after a write of unknown outcome.
    func orElse(_ content: RowContent) -> RowState {
        switch self {
        case .known(content): self
        case .known(let known): .eitherOr([known, content])
        case .eitherOr(let possible): .eitherOr(possible.union([content]))
        }
    }
}

extension RowState: CustomStringConvertible {
    var description: String {
        switch self {
        case .known(let content): content.description
        case .eitherOr(let possible): possible.map(\.description).sorted().joined(separator: " or ")
        }
    }
}
