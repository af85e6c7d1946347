import Postgres

/// What the columns of a change are called, before swap and from swap on.
public struct ColumnNames: Codable, Hashable, Sendable {
    /// The column that the change is about, as it is called when the change starts.
    public var original: Identifier
    /// The column added beside it; nil if the recipe adds none.
    public var added: Identifier?
    /// What the original is called from swap on.
    public var originalLater: Identifier
    /// What the added column is called from swap on.
    public var addedLater: Identifier?

    /// Names of a change that adds no column.
    public init(only column: Identifier) {
        original = column
        originalLater = column
    }

    /// Names of a change that adds a column.
    public init(original: Identifier, added: Identifier, originalLater: Identifier, addedLater: Identifier) {
        self.original = original
        self.added = added
        self.originalLater = originalLater
        self.addedLater = addedLater
    }

    /// Two columns that exchange their names at swap.
    public static func exchanging(_ original: Identifier, _ added: Identifier) -> ColumnNames {
        ColumnNames(original: original, added: added, originalLater: added, addedLater: original)
    }

    /// All of them, each once, the original first.
    public var all: [Identifier] {
        [original, added, originalLater, addedLater].compactMap { $0 }.reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }

    /// What the added column is called before swap, where there is one.
    var addedBefore: Identifier { added ?? original }

    /// What the original is called.
    public func original(isSwapped: Bool) -> Identifier { isSwapped ? originalLater : original }

    /// What the added column is called.
    public func added(isSwapped: Bool) -> Identifier? { isSwapped ? addedLater : added }
}
