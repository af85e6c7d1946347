import Postgres

/// What the plan to make a column NOT NULL must know of it beside the snapshot.
public struct NotNullFacts: Codable, Hashable, Sendable {
    /// A valid `CHECK (column IS NOT NULL)` of the user's: the server takes it for proof.
    public var proof: Identifier?
    /// A NOT NULL constraint of the user's that was never validated (from 18 on).
    public var pending: NotNullConstraint?
    /// Names that a new constraint can't have.
    public var taken: Set<String> = []
    /// What NULLs become; nil where they are refused.
    public var fill: FillExpression?
    /// Constraints and unique indexes that a filled value has to satisfy.
    public var demands: [Demand] = []
    /// What stands in the way, whatever NULLs become.
    public var findings: [Finding] = []

    /// Something that a filled value has to satisfy.
    public struct Demand: Codable, Hashable, Sendable {
        /// `constraint item_owner_fkey`.
        public var object: String
        /// `pg_constraint.contype`, or `u` for a unique index.
        public var kind: String
        /// Whether the server checks it by triggers of its own.
        public var isCheckedByTrigger: Bool
    }

    /// Makes the user's constraint what it was, which nothing turns from validated to not: anew.
    func pendingRestored(table: QualifiedName, column: Identifier) -> [SQL] {
        guard let pending else { return [] }
        return ["ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(pending.name)"]
            + pending.addition(to: table, column: column, isProven: false)
    }

    /// Whether the server has constraints for NOT NULL that can be added NOT VALID.
    static func hasConstraint(_ facts: ServerFacts) -> Bool { facts.version >= 18_00_00 }

    /// The constraint that the plan adds, if it needs one.
    func added(table: QualifiedName, column: Identifier, facts: ServerFacts) -> [Identifier] {
        proof == nil && pending == nil ? [constraintName(table: table, column: column, facts: facts)] : []
    }

    /// The name of the constraint that the plan adds: from 18 on the one that SET NOT NULL would give, before that the
    /// name of a check that goes again.
    func constraintName(table: QualifiedName, column: Identifier, facts: ServerFacts) -> Identifier {
        if Self.hasConstraint(facts) {
            return ServerName.notNull(table: table.name, column: column, taken: taken)
        }
        let start = "online_change \(column)"
        let names = (0...taken.count).lazy.map { number in
            let suffix = (number == 0 ? "" : " \(number)") + " not null"
            let whole = Identifier(start + suffix)
            return whole.isStorable
                ? whole : Identifier(start).shortened(appending: " \(StableHash.hex(start))\(suffix)")
        }
        return names.first { !taken.contains($0.name) } ?? Identifier(start)
    }
}

/// Names that the server makes.
enum ServerName {
    /// The name of a NOT NULL constraint: `table_column_not_null`, numbered until it is free in the schema.
    static func notNull(table: Identifier, column: Identifier, taken: Set<String>) -> Identifier {
        let names = (0...taken.count).lazy.map { number in
            object(table.name, column.name, label: number == 0 ? "not_null" : "not_null\(number)")
        }
        return Identifier(names.first { !taken.contains($0) } ?? object(table.name, column.name, label: "not_null"))
    }

    /// `makeObjectName` of the server's source: the longer of two names loses bytes until all fit, whole characters.
    private static func object(_ first: String, _ second: String, label: String) -> String {
        let room = Identifier.maximumBytes - label.utf8.count - 2
        var (left, right) = (first.utf8.count, second.utf8.count)
        while left + right > room {
            if left > right { left -= 1 } else { right -= 1 }
        }
        return "\(clipped(first, left))_\(clipped(second, right))_\(label)"
    }

    private static func clipped(_ name: String, _ bytes: Int) -> String {
        var kept = String.UnicodeScalarView()
        var room = bytes
        for scalar in name.unicodeScalars {
            room -= String(scalar).utf8.count
            if room < 0 { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
