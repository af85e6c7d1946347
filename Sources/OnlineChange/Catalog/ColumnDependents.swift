import Postgres

/// All that depends on a column and must be carried to another when that takes its place.
public struct ColumnDependents: Codable, Hashable, Sendable {
    /// Constraints on the table that read the column, and foreign keys of any table that refer to it.
    public var constraints: [Constraint] = []
    /// What an index has beside its definition.
    public var indexes: [IndexExtras] = []
    /// Sequences that belong to the column.
    public var sequences: [OwnedSequence] = []
    /// Row security policies that read it.
    public var policies: [Policy] = []
    /// Extended statistics over it.
    public var statistics: [Statistics] = []
    /// Views that read it, and views on them, in the order in which they can be created.
    public var views: [View] = []
    /// Publications that name it in a list of columns or a row filter.
    public var publications: [ListedPublication] = []
    /// Options of the column, such as `n_distinct=100`.
    public var options: [String] = []
    /// The column's comment.
    public var comment: String?
    /// Its NOT NULL constraint, on servers that have one (18).
    public var notNull: NotNullConstraint?
    /// Roles that the owner's default privileges give rights on every new table or view.
    public var defaultGrantees: [Identifier] = []
    /// What the column's default means.
    public var defaultMeaning = Meaning()
    /// Whatever else depends on it, as the server describes it.
    public var others: [String] = []
    /// Everything that depends on it, as the server describes it: to notice later what others have added.
    public var all: [String] = []
}

/// NOT NULL as a constraint with a name.
public struct NotNullConstraint: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// Its comment.
    public var comment: String?
    /// NO INHERIT.
    public var isNoInherit: Bool
}

/// A constraint.
public struct Constraint: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// The table that it is on.
    public var table: QualifiedName
    /// That table's owner.
    public var owner: Identifier
    /// `pg_constraint.contype`: `c`, `f`, `p`, `u` or `x`; `x` for keys over periods as well.
    public var kind: String
    /// `pg_get_constraintdef`, without NOT VALID.
    public var definition: String
    /// The index that serves it, of a key.
    public var index: Identifier?
    /// False while it stands as NOT VALID.
    public var isValidated: Bool
    /// DEFERRABLE.
    public var isDeferrable: Bool
    /// INITIALLY DEFERRED.
    public var isDeferred: Bool
    /// Its comment.
    public var comment: String?
    /// The table that a foreign key refers to.
    public var referenced: QualifiedName?
    /// That table's owner.
    public var referencedOwner: Identifier?
    /// Whether it is a foreign key that refers to this column.
    public var refersToColumn: Bool
    /// Types of the columns at the other end of a foreign key: those that refer to this one, or that this one refers to.
    public var otherTypes: [String]
    /// What the expression of a check means.
    public var meaning = Meaning()
}

/// What an index has beside its definition.
public struct IndexExtras: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// The table is clustered by it.
    public var isClustered: Bool
    /// It is the replica identity.
    public var isReplicaIdentity: Bool
    /// Its comment.
    public var comment: String?
    /// Statistics targets of its expressions by their number.
    public var targets: [IndexTarget]
    /// Its own columns' names, which stay what the table's columns were called when it was built.
    public var columns: [Identifier]
}

/// A statistics target of an index's expression.
public struct IndexTarget: Codable, Hashable, Sendable {
    /// The column's number in the index, from 1.
    public var number: Int
    /// The target.
    public var target: Int
}

/// A sequence that belongs to a column.
public struct OwnedSequence: Codable, Hashable, Sendable {
    /// Its name.
    public var name: QualifiedName
    /// Whether it is an identity's own.
    public var isIdentity: Bool
    /// `smallint`, `integer` or `bigint`.
    public var type: String
    /// START WITH.
    public var start: Int
    /// INCREMENT BY.
    public var increment: Int
    /// MINVALUE.
    public var least: Int
    /// MAXVALUE.
    public var greatest: Int
    /// CACHE.
    public var cache: Int
    /// CYCLE.
    public var cycles: Bool
    /// Its comment.
    public var comment: String?
    /// Privileges on it other than its owner's.
    public var grants: [ColumnGrant]
    /// Whether it has privileges of its own at all.
    public var hasGrants: Bool
}

/// A row security policy.
public struct Policy: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// PERMISSIVE.
    public var isPermissive: Bool
    /// ALL, SELECT, INSERT, UPDATE or DELETE.
    public var command: String
    /// Its roles; nil is PUBLIC.
    public var roles: [Identifier?]
    /// USING.
    public var using: String?
    /// WITH CHECK.
    public var check: String?
    /// Its comment.
    public var comment: String?
    /// What its expressions mean.
    public var meaning = Meaning()
}

/// Extended statistics.
public struct Statistics: Codable, Hashable, Sendable {
    /// Its name.
    public var name: QualifiedName
    /// `pg_get_statisticsobjdef`.
    public var definition: String
    /// The columns and expressions of that.
    public var columns: String
    /// Its statistics target; nil for the default.
    public var target: Int?
    /// Its comment.
    public var comment: String?
    /// What its expressions mean.
    public var meaning = Meaning()
}

/// A view.
public struct View: Codable, Hashable, Sendable {
    /// Its name.
    public var name: QualifiedName
    /// `v`, or `m` for a materialized one.
    public var kind: String
    /// Its owner.
    public var owner: Identifier
    /// `pg_get_viewdef`, without the semicolon.
    public var query: String
    /// Options such as `security_barrier=true`.
    public var options: [String]
    /// Its comment.
    public var comment: String?
    /// Comments on its columns.
    public var columnComments: [ColumnComment]
    /// Defaults of its columns, by column and expression.
    public var defaults: [ColumnDefault]
    /// Whether it has privileges of its own.
    public var hasGrants: Bool
    /// Privileges on it, as SQL: `GRANT SELECT ON TABLE … TO …`.
    public var grants: [ViewGrant]
    /// `pg_get_triggerdef` of its triggers.
    public var triggers: [String]
    /// `pg_get_ruledef` of its rules other than the query itself.
    public var rules: [String]
    /// What else depends on it, as the server describes it: this can't be carried.
    public var others: [String]
    /// What its query means.
    public var meaning = Meaning()
    /// What its rules and defaults mean.
    public var rulesMeaning = Meaning()
}

/// A comment on a view's column.
public struct ColumnComment: Codable, Hashable, Sendable {
    /// The column.
    public var column: Identifier
    /// The comment.
    public var comment: String
}

/// A default of a view's column.
public struct ColumnDefault: Codable, Hashable, Sendable {
    /// The column.
    public var column: Identifier
    /// The expression.
    public var expression: String
}

/// A privilege on a view or on one of its columns.
public struct ViewGrant: Codable, Hashable, Sendable {
    /// SELECT, INSERT and so on.
    public var privilege: String
    /// The column; nil for the view.
    public var column: Identifier?
    /// The role; nil is PUBLIC.
    public var grantee: Identifier?
    /// WITH GRANT OPTION.
    public var isGrantable: Bool
    /// Who granted it.
    public var grantor: Identifier
}

/// A publication that names columns of the table, or filters its rows.
public struct ListedPublication: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// Its owner.
    public var owner: Identifier
    /// The columns that it sends; empty for all.
    public var columns: [Identifier]
    /// WHERE.
    public var filter: String?
}
