import Postgres

/// What the columns of a change are called, before swap and from swap on.
public struct ColumnNames: Codable, Hashable, Sendable {
    /// The column that the change is about, as it is called when the change starts.
    public var original: Identifier
    /// The column added beside it; nil if the recipe adds none.
    public var added: Identifier?
    /// What the original is called from swap on, when it is the legacy column.
    public var legacy: Identifier
    /// What the added column is called from swap on.
    public var successor: Identifier?

    /// Names of a change that adds no column.
    public init(only column: Identifier) {
        original = column
        legacy = column
    }

    /// Names of a change that adds a column.
    public init(original: Identifier, added: Identifier, legacy: Identifier, successor: Identifier) {
        self.original = original
        self.added = added
        self.legacy = legacy
        self.successor = successor
    }

    /// Two columns that exchange their names at swap.
    public static func exchanging(_ original: Identifier, _ added: Identifier) -> ColumnNames {
        ColumnNames(original: original, added: added, legacy: added, successor: original)
    }

    /// All of them, each once, the original first.
    public var all: [Identifier] {
        [original, added, legacy, successor].compactMap { $0 }.reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }

    /// What the original may be called.
    public func original(isSwapped: Bool) -> Identifier { isSwapped ? legacy : original }

    /// What the added column may be called.
    public func added(isSwapped: Bool) -> Identifier? { isSwapped ? successor : added }
}
