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
    /// A column is NOT NULL.
    case notNull(Identifier)

    /// In a few words: `name → full_name`.
    var text: String {
        switch self {
        case .renamed(let from, let to): "\(from) → \(to)"
        case .retyped(let from, let to, let type): "\(from) → \(to == from ? "" : "\(to) ")\(type)"
        case .notNull(let column): "\(column) NOT NULL"
        }
    }

    /// Whether the table has it still: the same command for a finished change has nothing to do then.
    func holds(in table: TableSnapshot) -> Bool {
        switch self {
        case .renamed(let from, let to): table.column(from) == nil && table.column(to) != nil
        case .retyped(let from, let to, let type):
            (from == to || table.column(from) == nil) && table.column(to)?.type == type
        case .notNull(let name): table.column(name)?.holdsNoNull ?? false
        }
    }

    /// Says that nothing is left to do, where the table alone tells so, whoever brought it about.
    ///
    /// Nil for a rename: that there is a column of the new name and none of the old one may be for another reason.
    func nothingToDo(in table: TableSnapshot) -> String? {
        guard case .notNull = self, holds(in: table) else { return nil }
        return standsAlready(in: table)
    }

    /// That the table has it already.
    func standsAlready(in table: TableSnapshot) -> String {
        switch self {
        case .renamed(let from, let to): "column \(table.name).\(to) is there already, and \(from) is not"
        case .retyped(_, let to, let type): "column \(table.name).\(to) has the type \(type) already"
        case .notNull(let column): "column \(table.name).\(column) is NOT NULL already"
        }
    }

    /// What to do instead of going back, once that is no longer possible.
    var afterTheEnd: (state: String, next: String) {
        switch self {
        case .renamed: ("the legacy column is gone and there is no way back", "Rename it back with another change.")
        case .retyped: ("the old column is gone and there is no way back", "Change the type back with another change.")
        case .notNull(let column):
            (
                "the column is NOT NULL for good",
                "ALTER TABLE … ALTER COLUMN \(column.quoted) DROP NOT NULL; allows NULL."
            )
        }
    }
}
