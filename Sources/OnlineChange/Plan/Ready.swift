import Postgres

/// Names of what is made ready beside the original before the columns change places.
enum Ready {
    /// The name of the twin of an index or constraint, until it takes its place.
    static func name(_ original: Identifier, _ succession: Succession) -> Identifier {
        let hash = StableHash.hex("\(succession.table.oid).\(original.quoted).\(succession.added.quoted)")
        return original.shortened(appending: "_next_\(hash)")
    }

    /// What the names of a key's indexes on partitions begin with; the partition's oid follows.
    static func stem(_ key: Identifier, _ succession: Succession) -> String {
        "online_change_\(StableHash.hex("\(succession.table.oid).\(key.quoted).\(succession.added.quoted)"))"
    }

    /// The check that lets SET NOT NULL go without a scan.
    static func notNull(_ succession: Succession) -> Identifier { name("not_null", succession) }

    /// The check that keeps out what the new type can't hold.
    static func fits(_ succession: Succession) -> Identifier { name("fits", succession) }

    /// Checks that have done their service once the columns have changed places.
    static func passing(_ succession: Succession) -> [Identifier] {
        [notNull(succession), fits(succession)]
    }

    /// All constraints that are made ready.
    static func constraints(_ succession: Succession) -> [Identifier] {
        passing(succession) + succession.dependents.constraints.map { name($0.name, succession) }
    }
}
