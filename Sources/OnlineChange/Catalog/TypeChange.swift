import Postgres

/// What the server says of a column's change to another type, found out on an empty copy of the table.
public struct TypeChange: Codable, Hashable, Sendable {
    /// The new type as SQL, modifiers and schema included.
    public var type: String
    /// The collation of the new column where it isn't the type's own.
    public var collation: String?
    /// Whether values may be compressed and stored apart, so that storage and compression mean something.
    public var isToastable: Bool
    /// From the old type to the new one.
    public var forward: Conversion
    /// Back; nil if there is no way back.
    public var backward: Conversion?
    /// How two values of the new type are told apart.
    public var comparison: ColumnPair.Comparison
    /// The same for the old type.
    public var originalComparison: ColumnPair.Comparison
    /// Whether the server would rewrite neither heap nor index nor look at a row.
    public var isFree: Bool
    /// The default as the plain ALTER would leave it.
    public var defaultExpression: String?
    /// Definitions of indexes, with the column under the name that it has before swap: `USING btree (id_new)`.
    public var indexes: [Identifier: String]
    /// The same on the original, under the name that it has from swap on.
    public var originalIndexes: [Identifier: String]
    /// CHECK constraints on the added column, under the name that it has before swap.
    public var checks: [Identifier: String]
    /// What the columns of indexes are called.
    public var indexColumns: [Identifier: IndexColumnNames] = [:]
    /// Schemas of operators that the text of an object doesn't spell out, where there are any.
    public var lookup: [UserText: [Identifier]] = [:]
}

/// What the server calls an index's own columns, which depends on the name that the table's column has when it is built.
public struct IndexColumnNames: Codable, Hashable, Sendable {
    /// Built on the original under the name that it has from swap on.
    public var onOriginal: [Identifier]
    /// Built on the added column before swap.
    public var onAdded: [Identifier]
    /// After the plain ALTER.
    public var altered: [Identifier]
}
