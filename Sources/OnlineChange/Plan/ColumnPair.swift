import Postgres

/// Two columns of a table that hold the same thing: writes go to the primary, the replica follows.
public struct ColumnPair: Hashable, Sendable {
    /// The table.
    public let table: QualifiedName
    /// The column whose properties (default, NOT NULL, keys) count.
    public let primary: Identifier
    /// The column that follows it.
    public let replica: Identifier
    /// The type of the replica as SQL where the primary's values must be converted; nil where both are the same.
    public let conversion: String?
    /// How to tell whether two values are the same.
    public let comparison: Comparison

    /// How two values of the columns are compared.
    public enum Comparison: Hashable, Sendable {
        /// By the type's own equality, where equal values can't differ in any byte that a reader sees.
        case equality
        /// By their stored image: `abc` and `ABC` are equal in citext, and 1.0 and 1.000 in numeric, but not the same.
        case image
    }

    /// The pair for a column and the one that is added beside it.
    public init(table: QualifiedName, column: Column, replica: Identifier) {
        self.table = table
        primary = column.name
        self.replica = replica
        conversion = column.typeKind == "d" ? column.baseType : nil
        comparison = Self.comparison(of: column)
    }

    private init(_ pair: ColumnPair, primary: Identifier, replica: Identifier) {
        table = pair.table
        self.primary = primary
        self.replica = replica
        conversion = pair.conversion
        comparison = pair.comparison
    }

    /// The same two columns after the swap has exchanged their names.
    public var exchanged: ColumnPair {
        ColumnPair(self, primary: replica, replica: primary)
    }

    /// The replica's value for a row: `qualifier` is `NEW.`, `OLD.` or empty.
    public func forward(_ qualifier: SQL = "") -> SQL {
        guard let conversion else { return "\(qualifier)\(primary)" }
        return "(\(qualifier)\(primary))::\(server: conversion)"
    }

    /// Whether two expressions of the columns' type differ, as SQL.
    public func differ(_ left: SQL, _ right: SQL) -> SQL {
        switch comparison {
        case .equality: "\(left) IS DISTINCT FROM \(right)"
        case .image: "ROW(\(left))::record OPERATOR(pg_catalog.*<>) ROW(\(right))::record"
        }
    }

    /// Rows whose replica is not what the primary says.
    public var unsynced: SQL {
        differ("\(replica)", forward())
    }

    /// What brings the replica in line: the right side of SET.
    public var assignment: SQL {
        "\(replica) = \(forward())"
    }

    /// Types of the server's own under which equal values are the same values.
    private static let identityTypes: Set<String> = [
        "bool", "int2", "int4", "int8", "oid", "uuid", "date", "timestamp", "timestamptz", "time", "bytea", "char",
        "name",
    ]

    private static func comparison(of column: Column) -> Comparison {
        if column.baseTypeKind == "e" { return .equality }
        guard let type = column.systemType else { return .image }
        if type == "text" || type == "varchar" {
            return column.hasNondeterministicCollation ? .image : .equality
        }
        return identityTypes.contains(type) ? .equality : .image
    }
}
