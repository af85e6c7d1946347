import Postgres

/// What a table has when a change of it is finished.
public enum Outcome: Codable, Hashable, Sendable {
    /// A column has another name.
    case renamed(from: Identifier, to: Identifier)

    /// In a few words: `name → full_name`.
    var text: String {
        switch self {
        case .renamed(let from, let to): "\(from) → \(to)"
        }
    }

    /// Whether the table has it still: the same command for a finished change has nothing to do then.
    func holds(in table: TableSnapshot) -> Bool {
        switch self {
        case .renamed(let from, let to): table.column(from) == nil && table.column(to) != nil
        }
    }
}
