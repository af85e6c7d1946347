import Postgres

/// A table and all that the plan of a change must know of it, read in one snapshot of the catalog.
public struct TableSnapshot: Codable, Hashable, Sendable {
    /// The table's oid: it stays when the table is renamed.
    public var oid: UInt32
    /// Its schema and name.
    public var name: QualifiedName
    /// The same as the server writes it in definitions: quoted only where it must be.
    public var quotedName: String
    /// `pg_class.relkind`: `r` is a table, `p` a partitioned one.
    public var kind: String
    /// `pg_class.relpersistence`: `p` permanent, `u` unlogged, `t` temporary.
    public var persistence: String
    /// The role that owns it, and which our sessions become.
    public var owner: Identifier
    /// Rows as the server last estimated them, in all partitions; -1 when it never did.
    public var estimatedRows: Double
    /// Rows in a page of the heap as the server last counted both; nil when it never did.
    public var rowsPerPage: Double?
    /// Size of its heap in bytes, or of all partitions' heaps.
    public var heapBytes: Int
    /// The table at the root of the partitions that it is one of, or the table that it inherits from.
    public var parent: QualifiedName?
    /// Whether other tables are partitions of it or inherit from it.
    public var hasChildren: Bool
    /// The composite type of a typed table.
    public var typedBy: String?
    /// Whether row security applies to its owner too.
    public var forcesRowSecurity: Bool
    /// Attribute numbers used up, dropped columns included.
    public var attributeCount: Int
    /// Age of its oldest transaction number, its TOAST table's included.
    public var transactionAge: Int
    /// The age from which an autovacuum prevents wraparound and gives way to nobody.
    public var freezeMaxAge: Int
    /// Its live columns in order.
    public var columns: [Column]
    /// All of its indexes.
    public var indexes: [Index]
    /// The user's row and statement triggers, and those of other changes.
    public var triggers: [Trigger]
    /// Rewrite rules on it.
    public var rules: [Rule]
    /// Objects that use its row type.
    public var rowTypeUsers: [RowTypeUser]
    /// Indexes and checks that read the row as a whole, as `index NAME` or `constraint NAME`.
    public var wholeRowReaders: [String] = []
    /// Whether a subscriber can tell which row an UPDATE is about.
    public var hasReplicaIdentity = true
    /// Routines whose text may name one of the columns asked for.
    public var routines: [Routine]
    /// Publications that send it or its schema.
    public var publications: [Publication]
    /// The table itself and every partition beneath it, parents first; empty unless it is partitioned.
    public var partitions: [Partition] = []

    /// A live column by its name.
    public func column(_ name: Identifier) -> Column? {
        columns.first { $0.name == name }
    }

    /// The columns of the primary key, or none.
    public var primaryKey: [Identifier] {
        let key = indexes.first { $0.isPrimary }?.columns ?? []
        return columns.filter { key.contains($0.number) }.map(\.name)
    }

    /// A column name that the table does not have, for an exchange of two others.
    public var spareColumnName: Identifier {
        let names = (0...columns.count).map { Identifier("online_change_spare_\($0)") }
        return names.first { column($0) == nil } ?? "online_change_spare"
    }
}

/// One column.
public struct Column: Codable, Hashable, Sendable {
    /// `pg_attribute.attnum`.
    public var number: Int
    /// Its name.
    public var name: Identifier
    /// Its type as SQL, modifiers and schema included.
    public var type: String
    /// The type that a domain stands on, modifiers included; the type itself for others.
    public var baseType: String
    /// `pg_type.typtype` of the column's own type: `d` is a domain.
    public var typeKind: String
    /// `pg_type.typtype` of the base type: `c` is composite, `e` an enum.
    public var baseTypeKind: String
    /// The base type's name if it is one of the server's own.
    public var systemType: String?
    /// Whether the base type has a default of its own (`CREATE TYPE … DEFAULT`).
    public var typeHasDefault: Bool
    /// Bytes of a fixed-length type; negative for the others.
    public var length: Int
    /// The collation as SQL where it isn't the type's own.
    public var collation: String?
    /// Whether equal text under its collation may differ in bytes.
    public var hasNondeterministicCollation: Bool
    /// NOT NULL.
    public var isNotNull: Bool
    /// Whether NOT NULL was never validated for rows that were there before (from 18 on).
    public var isNotNullPending = false
    /// Whether it has a comment.
    public var hasComment: Bool
    /// Whether its type is a NOT NULL domain and neither that nor the column has a default.
    public var typeDemandsValue = false
    /// The default as SQL.
    public var defaultExpression: String?
    /// `pg_attribute.attidentity`: `a` always, `d` by default, empty for none.
    public var identity: String
    /// `pg_attribute.attgenerated`: `s` stored, `v` virtual, empty for none.
    public var generated: String
    /// `pg_attribute.attstorage` where it isn't the type's own.
    public var storage: String?
    /// `pg_attribute.attcompression`: `p`, `l` or empty.
    public var compression: String
    /// The statistics target; nil for the default.
    public var statisticsTarget: Int?
    /// Column privileges.
    public var grants: [ColumnGrant]

    /// Whether no row has NULL in it.
    var holdsNoNull: Bool { isNotNull && !isNotNullPending }
}

/// A privilege on one column.
public struct ColumnGrant: Codable, Hashable, Sendable {
    /// SELECT, INSERT, UPDATE or REFERENCES.
    public var privilege: String
    /// The role; nil is PUBLIC.
    public var grantee: Identifier?
    /// WITH GRANT OPTION.
    public var isGrantable: Bool
}
