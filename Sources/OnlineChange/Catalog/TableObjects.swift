import Postgres

/// One index.
public struct Index: Codable, Hashable, Sendable {
    /// Its name; it lives in the table's schema.
    public var name: Identifier
    /// The name as the server writes it in definitions.
    public var quotedName: String
    /// `pg_get_indexdef`.
    public var definition: String
    /// Numbers of the columns that it holds or whose values its expressions or predicate read.
    public var columns: [Int]
    /// Whether it is the primary key's.
    public var isPrimary: Bool
    /// UNIQUE, whether by a constraint or not.
    public var isUnique: Bool
    /// False for an index of a deferrable constraint.
    public var isImmediate: Bool
    /// False after a failed concurrent build.
    public var isValid: Bool
    /// Where it lies, if not in the database's default.
    public var tablespace: Identifier?
    /// Whether it is that of a partitioned table, of which the partitions' indexes are parts.
    public var isPartitioned = false
    /// Whether it is a part of such a one.
    public var isAttached = false
    /// What its expressions and its predicate mean.
    public var meaning = Meaning()
}

/// One trigger.
public struct Trigger: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// The name as the server writes it in definitions.
    public var quotedName: String
    /// `pg_get_triggerdef`.
    public var definition: String
    /// `pg_trigger.tgtype`, a bit mask.
    public var type: Int
    /// `pg_trigger.tgenabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    public var enabled: String
    /// Numbers of the columns that its definition names, in `UPDATE OF` or in WHEN.
    public var columns: [Int] = []
    /// Numbers of the columns in `UPDATE OF`.
    public var updateOf: [Int]
    /// The same columns as the server writes them in the definition.
    public var updateOfList: String
    /// Whether it is a constraint trigger.
    public var isConstraint: Bool
    /// The trigger function, as `schema.name`.
    public var function: String
    /// Its comment.
    public var comment: String?
    /// What its WHEN means.
    public var meaning = Meaning()

    /// Runs before the row is written.
    public var isBeforeRow: Bool { type & 1 != 0 && type & 2 != 0 }
    /// Fires for INSERT or UPDATE.
    public var firesOnWrite: Bool { type & 4 != 0 || type & 16 != 0 }
}

/// One rewrite rule.
public struct Rule: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// Whether it rewrites UPDATE.
    public var isOnUpdate = false
    /// `pg_rewrite.ev_enabled`: `O` origin, `D` disabled, `R` replica, `A` always.
    public var enabled = "O"
    /// Numbers of the table's columns that it reads.
    public var columns: [Int]
}

/// An object whose definition holds the table's row type.
public struct RowTypeUser: Codable, Hashable, Sendable {
    /// The object as `pg_describe_object` names it.
    public var object: String
}

/// A function or procedure whose body is text to the server.
public struct Routine: Codable, Hashable, Sendable {
    /// `schema.name(arguments)`.
    public var identity: String
    /// `schema.name`, as `Trigger.function` gives it.
    public var name: String
    /// Its body.
    public var source: String
    /// Whether one of the table's triggers calls it.
    public var isTriggerFunction: Bool

    /// Whether the body has the name as a word of its own, in any case of letters.
    public func mentions(_ name: Identifier) -> Bool {
        let body = source.lowercased()
        let word = name.name.lowercased()
        var rest = body[...]
        while let range = rest.firstRange(of: word) {
            let before = range.lowerBound == body.startIndex ? nil : body[body.index(before: range.lowerBound)]
            let after = range.upperBound == body.endIndex ? nil : body[range.upperBound]
            if !Self.isWordCharacter(before), !Self.isWordCharacter(after) { return true }
            rest = rest[body.index(after: range.lowerBound)...]
        }
        return false
    }

    /// Whether the body takes a whole row apart by position, as `SELECT (OLD).*` does.
    public var expandsRow: Bool {
        source.lowercased().contains(/(^|[^\w$])(old|new)[\s)]*\.\s*\*/)
    }

    private static func isWordCharacter(_ character: Character?) -> Bool {
        guard let character else { return false }
        return character.isLetter || character.isNumber || character == "_" || character == "$"
    }
}

/// A publication that sends the table.
public struct Publication: Codable, Hashable, Sendable {
    /// Its name.
    public var name: Identifier
    /// How the table comes to be in it.
    public var scope: Scope
    /// Whether it sends UPDATE.
    public var sendsUpdates = true
    /// Whether its list of columns lacks one of the replica identity, or its filter reads one that isn't of it.
    public var contradictsIdentity = false

    /// How a table comes to be in a publication.
    public enum Scope: String, Codable, Sendable {
        /// FOR ALL TABLES: the ledger is sent too.
        case allTables
        /// FOR TABLES IN SCHEMA.
        case schema
        /// FOR TABLE, all columns.
        case table
        /// FOR TABLE with a list of columns.
        case columns
    }
}
