import Postgres

/// What a table has when a change of it is finished.
public enum Outcome: Codable, Hashable, Sendable {
    /// A column has another name.
    case renamed(from: Identifier, to: Identifier)
    /// A column has another type, and perhaps another name.
    case retyped(from: Identifier, to: Identifier, type: String)

    /// The same with the type as the server writes it.
    func of(type: String?) -> Outcome {
        if case .retyped(let from, let to, _) = self, let type {
            .retyped(from: from, to: to, type: type)
        } else {
            self
        }
    }

    /// In a few words: `name → full_name`.
    var text: String {
        switch self {
        case .renamed(let from, let to): "\(from) → \(to)"
        case .retyped(let from, let to, let type): "\(from) → \(to == from ? "" : "\(to) ")\(type)"
        }
    }

    /// Whether the table has it still: the same command for a finished change has nothing to do then.
    func holds(in table: TableSnapshot) -> Bool {
        switch self {
        case .renamed(let from, let to): table.column(from) == nil && table.column(to) != nil
        case .retyped(let from, let to, let type):
            (from == to || table.column(from) == nil) && table.column(to)?.type == type
        }
    }
}
