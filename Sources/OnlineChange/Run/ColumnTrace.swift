import Postgres

/// What has become of the two columns of a change, known by their numbers: others may have renamed or dropped them.
struct ColumnTrace: Hashable, Sendable {
    /// What became of one.
    enum Fate: Hashable, Sendable {
        case stands
        case renamed(Identifier)
        case gone
    }

    /// What a rollback may do about it.
    enum WayBack: Hashable, Sendable {
        /// All that it undoes is there, or missing without harm.
        case open
        /// The column that counts was dropped: the other one is the last that holds the values, and is left.
        case leavesFollower
        /// A column bears another name, and the plan's statements don't know it.
        case needsName(Identifier, now: Identifier)
        /// What would take its place again was dropped.
        case nothingToGoBackTo(Identifier)
    }

    /// The column that the change is about.
    let original: Fate
    /// The column added beside it; nil if the recipe adds none.
    let added: Fate?
    let names: ColumnNames
    let isSwapped: Bool
    /// Whether the added column is the one that counts from swap on.
    let isSuccession: Bool

    private var addedLeads: Bool { isSuccession && isSwapped }
    /// The column that counts.
    var leader: Fate { addedLeads ? added ?? original : original }
    /// The one that is kept equal, and goes in the end.
    var follower: Fate? { addedLeads ? original : added }
    var followerName: Identifier? {
        addedLeads ? names.original(isSwapped: true) : names.added(isSwapped: isSwapped)
    }
    var leaderName: Identifier {
        addedLeads ? names.added(isSwapped: true) ?? names.original : names.original(isSwapped: isSwapped)
    }

    var wayBack: WayBack {
        if leader == .gone { return .leavesFollower }
        if names.added == nil, case .renamed(let now) = leader { return .needsName(leaderName, now: now) }
        if let followerName, case .renamed(let now) = follower { return .needsName(followerName, now: now) }
        guard isSwapped, let followerName else { return .open }
        if case .renamed(let now) = leader { return .needsName(leaderName, now: now) }
        return follower == .gone ? .nothingToGoBackTo(followerName) : .open
    }

    /// Looks at the present column of a context.
    static func read(_ context: RunContext, isSwapped: Bool) async throws -> ColumnTrace {
        let column = context.column
        var columns: [Int: Identifier] = [:]
        for row in try await context.session.run(
            """
            SELECT attnum::int AS number, attname AS name FROM pg_catalog.pg_attribute
            WHERE attrelid = \(column.tableOID)::oid AND attnum > 0 AND NOT attisdropped
            """
        ).rows {
            columns[try row["number"]] = Identifier(try row["name"])
        }
        func fate(_ number: Int?, _ name: Identifier) -> Fate {
            // Of a change that was begun by an older release the number is not known.
            guard let number else { return columns.values.contains(name) ? .stands : .gone }
            guard let now = columns[number] else { return .gone }
            return now == name ? .stands : .renamed(now)
        }
        let number = try await recorded(context)
        return ColumnTrace(
            original: fate(column.fingerprint.columnNumber, column.names.original(isSwapped: isSwapped)),
            added: column.names.added(isSwapped: isSwapped).map { fate(number, $0) },
            names: column.names,
            isSwapped: isSwapped,
            isSuccession: column.fingerprint.carried != nil
        )
    }

    /// Writes down which column was added to each table that is no partitioned one, of whose parts `PartitionChanges`
    /// keeps the numbers.
    static func remember(_ context: RunContext) async throws {
        for column in context.plan.columns {
            guard let added = column.names.added, isAlone(column, in: context.plan) else { continue }
            try await context.session.run(
                """
                INSERT INTO online_change.partition (change_id, relation, attribute)
                SELECT \(context.change.id), a.attrelid, a.attnum FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.oid = \(column.tableOID)::oid AND c.relkind = 'r' AND a.attname = \(added.name)
                  AND NOT a.attisdropped
                ON CONFLICT (change_id, relation) DO NOTHING
                """
            )
        }
    }

    private static func recorded(_ context: RunContext) async throws -> Int? {
        guard isAlone(context.column, in: context.plan) else { return nil }
        return try await context.session.run(
            """
            SELECT attribute::int AS number FROM online_change.partition
            WHERE change_id = \(context.change.id) AND relation = \(context.column.tableOID)::oid
            """
        ).rows.first.map { try $0["number"] }
    }

    /// The ledger has one number for a table.
    private static func isAlone(_ column: PlannedColumn, in plan: Plan) -> Bool {
        plan.columns(of: column.tableOID).count == 1
    }
}
