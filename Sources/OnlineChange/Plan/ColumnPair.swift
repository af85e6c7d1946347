import Postgres

/// Two columns of a table that hold the same thing: writes go to the primary, the replica follows.
public struct ColumnPair: Hashable, Sendable {
    /// The table.
    public let table: QualifiedName
    /// The column whose properties (default, NOT NULL, keys) count.
    public let primary: Identifier
    /// The column that follows it.
    public let replica: Identifier
    /// From the primary to the replica.
    public let forward: Conversion
    /// From the replica to the primary.
    public let backward: Conversion
    /// How two values of the replica are told apart.
    public let comparison: Comparison
    /// The same for the primary.
    public let primaryComparison: Comparison
    /// Whether a replica that gives the primary when it is converted is in sync, though the way back gives another
    /// value: a rollback finds the values that were there before a conversion with a loss.
    public let keepsFinerValues: Bool

    /// How two values of a column are compared.
    public enum Comparison: Codable, Hashable, Sendable {
        /// By the type's own equality, where equal values can't differ in any byte that a reader sees.
        case equality
        /// By their stored image: `abc` and `ABC` are equal in citext, and 1.0 and 1.000 in numeric, but not the same.
        case image

        /// Whether two expressions differ, as SQL.
        func differ(_ left: SQL, _ right: SQL) -> SQL {
            switch self {
            case .equality: "\(left) IS DISTINCT FROM \(right)"
            case .image: "ROW(\(left))::record OPERATOR(pg_catalog.*<>) ROW(\(right))::record"
            }
        }
    }

    /// The pair for a column and the one of the same type that is added beside it.
    public init(table: QualifiedName, column: Column, replica: Identifier) {
        self.table = table
        primary = column.name
        self.replica = replica
        let conversion: Conversion = column.typeKind == "d" ? .cast(to: column.baseType) : .none
        forward = conversion
        backward = conversion
        comparison = Comparison(of: column)
        primaryComparison = comparison
        keepsFinerValues = false
    }

    /// The pair for a column and one of another type.
    public init(table: QualifiedName, names: (primary: Identifier, replica: Identifier), change: TypeChange) {
        self.table = table
        primary = names.primary
        replica = names.replica
        forward = change.forward
        backward = change.backward ?? .none
        comparison = change.comparison
        primaryComparison = change.originalComparison
        keepsFinerValues = false
    }

    private init(_ pair: ColumnPair, primary: Identifier, replica: Identifier) {
        table = pair.table
        self.primary = primary
        self.replica = replica
        // A domain's own value is what the other column holds, converted to the type beneath: the same both ways.
        forward = pair.backward
        backward = pair.forward
        comparison = pair.primaryComparison
        primaryComparison = pair.comparison
        keepsFinerValues = pair.lossy != nil
    }

    /// The same two columns once the other one counts, under the names that they have then.
    public func exchanged(primary: Identifier, replica: Identifier) -> ColumnPair {
        ColumnPair(self, primary: primary, replica: replica)
    }

    /// The same two columns after the swap has exchanged their names.
    public var exchanged: ColumnPair { exchanged(primary: replica, replica: primary) }

    /// The replica's value for a row: `qualifier` is `NEW.`, `OLD.` or empty.
    public func forward(_ qualifier: SQL = "") -> SQL {
        forward.total("\(qualifier)\(primary)")
    }

    /// Whether two values of the replica's type differ, as SQL.
    public func differ(_ left: SQL, _ right: SQL) -> SQL { comparison.differ(left, right) }

    /// Whether the primary was changed by an update.
    var primaryChanged: SQL {
        switch forward {
        // Of the replica's type: a domain over an enum has no equality of its own.
        case .none, .cast: differ(forward("NEW."), forward("OLD."))
        case .ranged, .function: primaryComparison.differ("NEW.\(primary)", "OLD.\(primary)")
        }
    }

    /// Rows whose replica is not what the primary says.
    public var unsynced: SQL { unsynced("") }

    /// The same for a row of a trigger: `qualifier` is `NEW.` or empty.
    func unsynced(_ qualifier: SQL) -> SQL {
        let isBehind = differ("\(qualifier)\(replica)", forward(qualifier))
        guard keepsFinerValues else { return isBehind }
        let gives = primaryComparison.differ(backward.total("\(qualifier)\(replica)"), "\(qualifier)\(primary)")
        return "\(isBehind) AND \(gives)"
    }

    /// What brings the replica in line: the right side of SET.
    public var assignment: SQL {
        "\(replica) = \(forward())"
    }

    /// Rows whose primary the replica's type can't hold; nil if there can be none.
    var misfit: SQL? { forward.misfit("\(primary)") }

    /// Rows whose primary doesn't come back from the replica; nil if all do.
    var lossy: SQL? {
        switch (forward, backward) {
        case (.none, _), (_, .none), (.cast, .cast), (.cast, .ranged), (.ranged, _): return nil
        default:
            let back = primaryComparison.differ(backward.total(forward()), "\(primary)")
            return misfit.map { "NOT (\($0)) AND \(back)" } ?? back
        }
    }
}

extension ColumnPair.Comparison {
    /// Types of the server's own under which equal values are the same values.
    private static let identityTypes: Set<String> = [
        "bool", "int2", "int4", "int8", "oid", "uuid", "date", "timestamp", "timestamptz", "time", "bytea", "char",
        "name",
    ]

    /// How the values of a column are told apart.
    public init(of column: Column) {
        self.init(
            systemType: column.systemType,
            baseTypeKind: column.baseTypeKind,
            hasNondeterministicCollation: column.hasNondeterministicCollation
        )
    }

    /// How the values of a type are told apart.
    init(systemType: String?, baseTypeKind: String, hasNondeterministicCollation: Bool) {
        self =
            switch systemType {
            case _ where baseTypeKind == "e": .equality
            case nil: .image
            case "text"?, "varchar"?: hasNondeterministicCollation ? .image : .equality
            case let type?: Self.identityTypes.contains(type) ? .equality : .image
            }
    }
}
