import Postgres

/// Finds the ledger of a database, makes it where a change begins, and becomes a role that may use it.
enum LedgerAccess {
    /// What there is of a ledger.
    enum State: Hashable, Sendable {
        /// No schema.
        case missing
        /// One of this version.
        case present
        /// One of an older version, which can be read and worked with as it is.
        case older(Int)
        /// One of another version.
        case other(Int?)

        /// Whether changes can be read from it.
        var isUsable: Bool {
            switch self {
            case .present, .older: true
            case .missing, .other: false
            }
        }
    }

    /// Looks whether the database has a ledger.
    static func state(_ session: Session) async throws -> State {
        let row = try await session.run(
            """
            SELECT to_regnamespace('online_change') IS NOT NULL AS has_schema,
                   CASE WHEN has_schema_privilege('online_change', 'USAGE')
                        THEN to_regclass('online_change.ledger_version') IS NOT NULL ELSE true END AS has_version,
                   CASE WHEN has_schema_privilege('online_change', 'USAGE')
                        THEN to_regclass('online_change.change') IS NOT NULL ELSE true END AS has_changes
            FROM (SELECT) one WHERE to_regnamespace('online_change') IS NOT NULL
            UNION ALL SELECT false, false, false WHERE to_regnamespace('online_change') IS NULL
            """
        ).rows[0]
        let hasSchema: Bool = try row["has_schema"]
        let hasVersion: Bool = try row["has_version"]
        guard hasSchema, hasVersion else { return try row["has_changes"] ? .other(nil) : .missing }
        let version: Int? = try await session.value("SELECT max(version) FROM online_change.ledger_version")
        switch version {
        case LedgerSchema.version?: return .present
        case let version? where (LedgerSchema.oldest..<LedgerSchema.version).contains(version): return .older(version)
        default: return .other(version)
        }
    }

    /// Makes the ledger if there is none, and sees to it that the table's owner, as whom the session runs, may use it.
    static func prepare(_ session: Session, facts: ServerFacts, owner: Identifier, lockGuard: LockGuard, tool: String)
        async throws
    {
        // First of all: without it the owner can't even see whether the tables are there.
        try await admit(session, facts: facts, owner: owner, lockGuard: lockGuard)
        if try await state(session) == .missing {
            // Whoever may create the schema does so; a schema that was made for us keeps its owner.
            let keeper = facts.ledgerOwner.flatMap { facts.canActAsLedgerOwner ? $0 : nil } ?? owner
            let schema = facts.ledgerOwner == nil ? [LedgerSchema.schema(owner: owner)] : []
            let grants = keeper == owner ? [] : LedgerSchema.grants(to: owner)
            try await session.set("role", to: "none")
            try await lockGuard.run(
                GuardedTransaction(
                    locks: [],
                    statements: [LedgerSchema.turn] + schema + ["SET LOCAL ROLE \(keeper)"]
                        + LedgerSchema.tables(tool: tool) + grants
                ),
                on: session
            )
            try await session.set("role", to: owner.name)
        }
        try await upgrade(session, facts: facts, owner: owner, lockGuard: lockGuard, tool: tool)
        guard case .other(let version) = try await state(session) else { return }
        throw wrongVersion(version)
    }

    /// Makes an older ledger one of this version where the login role may act for its owner; elsewhere it stays as it is,
    /// and works. The session is the table's owner's afterwards.
    ///
    /// - Returns: whether the ledger has this version now.
    @discardableResult
    static func upgrade(
        _ session: Session,
        facts: ServerFacts,
        owner: Identifier,
        lockGuard: LockGuard,
        tool: String
    ) async throws -> Bool {
        guard case .older(let version) = try await state(session) else { return try await state(session) == .present }
        guard let keeper = facts.ledgerOwner, facts.canActAsLedgerOwner else { return false }
        try await session.set("role", to: "none")
        do {
            try await lockGuard.run(
                GuardedTransaction(
                    locks: [],
                    statements: [LedgerSchema.turn, "SET LOCAL ROLE \(keeper)"]
                        + LedgerSchema.upgrade(from: version, tool: tool)
                ),
                on: session
            )
        } catch let error as PostgresError where error.state == .insufficientPrivilege {
            // Some of its tables are another's.
        }
        try await session.set("role", to: owner.name)
        return try await state(session) == .present
    }

    /// Gives a table's owner the rights on the ledger that it lacks; the session is the owner's afterwards.
    ///
    /// - Throws: `Failure.privilege` with the GRANT if the login role may not give them.
    static func admit(_ session: Session, facts: ServerFacts, owner: Identifier, lockGuard: LockGuard) async throws {
        guard !facts.ownerMayUseLedger, facts.ledgerOwner != nil else { return }
        try await looking(session, facts: facts, owner: owner) {
            try await lockGuard.run(
                GuardedTransaction(locks: [], statements: LedgerSchema.grants(to: owner)),
                on: session
            )
        }
    }

    /// Runs a body as the ledger's owner where the table's owner lacks rights on the ledger, and gives nobody any; the
    /// session is the table's owner's afterwards.
    ///
    /// - Throws: `Failure.privilege` with the GRANT if the login role may not act for the ledger's owner.
    @discardableResult
    static func looking<Value>(
        _ session: Session,
        facts: ServerFacts,
        owner: Identifier,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard !facts.ownerMayUseLedger, let ledgerOwner = facts.ledgerOwner else { return try await body() }
        guard facts.canActAsLedgerOwner else {
            let grants = LedgerSchema.grants(to: owner).map { "\($0.text);" }.joined(separator: " ")
            throw Failure(
                .privilege,
                "role \(facts.user): the ledger (schema online_change) belongs to \(ledgerOwner), and \(owner) may not use it",
                left: "Nothing was changed.",
                next: "As \(ledgerOwner): \(grants)"
            )
        }
        try await session.set("role", to: ledgerOwner.name)
        let value = try await body()
        try await session.set("role", to: owner.name)
        return value
    }

    /// Lets a session that only looks at changes or sets their controls use the ledger.
    ///
    /// - Returns: false if the database has none.
    static func open(_ session: Session) async throws -> Bool {
        let rows = try await session.run(
            """
            SELECT pg_get_userbyid(nspowner) AS owner, has_schema_privilege(oid, 'USAGE') AS usable,
                   pg_has_role(session_user, nspowner, 'MEMBER') AS member
            FROM pg_namespace WHERE nspname = 'online_change'
            """
        ).rows
        guard let row = rows.first else { return false }
        let owner: String = try row["owner"]
        if try !row["usable"] as Bool {
            guard try row["member"] as Bool else {
                throw Failure(
                    .privilege,
                    "the ledger (schema online_change) belongs to \(owner) and can't be read by this role",
                    left: "Nothing was changed.",
                    next: "As \(owner): " + LedgerSchema.grants(to: "you").map { "\($0.text);" }.joined(separator: " ")
                )
            }
            try await session.set("role", to: owner)
        }
        switch try await state(session) {
        case .missing: return false
        case .present, .older: return true
        case .other(let version): throw wrongVersion(version)
        }
    }

    private static func wrongVersion(_ version: Int?) -> Failure {
        let found = version.map(String.init) ?? "unknown"
        return Failure(
            .refused,
            "the ledger has version \(found) and this online-change writes version \(LedgerSchema.version)",
            left: "Nothing was changed.",
            next: version.map { $0 > LedgerSchema.version } ?? false
                ? "Use the release of online-change that made it, or a newer one."
                : "Finish or roll back its changes with the release of online-change that made it."
        )
    }
}
