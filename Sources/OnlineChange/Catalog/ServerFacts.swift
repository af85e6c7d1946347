import Postgres

/// What the plan must know of the server, the database and the role.
public struct ServerFacts: Codable, Hashable, Sendable {
    /// 150018 is 15.18.
    public var version: Int
    /// The database.
    public var database: Identifier
    /// The role that logged in.
    public var user: Identifier
    /// A standby, or an instance that still recovers.
    public var isInRecovery: Bool
    /// Whether the login role is a superuser.
    public var isSuperuser: Bool
    /// Whether the login role may become the table's owner.
    public var canActAsOwner: Bool
    /// Whether row security lets the owner see every row even where it is forced.
    public var ownerBypassesRowSecurity: Bool
    /// Whether a schema can be created by the login role or the owner.
    public var canCreateSchema: Bool
    /// Whether the owner may create objects in the table's schema (an index build needs it).
    public var ownerCanCreateInSchema: Bool
    /// Whether the owner may create temporary tables, in which definitions are tried out.
    public var ownerCanCreateTemporary: Bool
    /// Whether the login role may set `session_replication_role`, which keeps the user's triggers off the backfill.
    public var canSilenceTriggers: Bool
    /// Who owns the ledger's schema, if there is one.
    public var ledgerOwner: Identifier?
    /// Whether the owner may use the ledger as it is.
    public var ownerMayUseLedger: Bool
    /// Whether the login role may act for the ledger's owner.
    public var canActAsLedgerOwner: Bool
    /// The server setting, milliseconds.
    public var deadlockTimeout: Int
    /// The smallest `deadlock_timeout` that any role or database has been given, milliseconds.
    public var smallestDeadlockTimeout: Int
    /// Roles that default to REPEATABLE READ or SERIALIZABLE.
    public var rolesWithStrictIsolation: [Identifier]
    /// Standbys that stream from here.
    public var standbyCount: Int
    /// How many processes the server lets one query have beside its own: what its operator thinks that it can bear.
    public var parallelWorkers: Int

    /// How many batches run at once where no number was asked for. Four keep an application's waits short on any server
    /// that we measured.
    var suitedWorkers: Int { min(4, max(1, parallelWorkers)) }

    /// Reads the facts for a table.
    static func read(_ session: Session, table: RelationReference) async throws -> ServerFacts {
        let v15 = session.serverVersion >= 15_00_00
        let silence: SQL =
            v15
            ? "has_parameter_privilege(session_user, 'session_replication_role', 'SET')"
            : "(SELECT rolsuper FROM pg_roles WHERE rolname = session_user)"
        let member: SQL = session.serverVersion >= 16_00_00 ? "'SET'" : "'MEMBER'"
        let row = try await session.run(
            """
            SELECT current_database() AS database, session_user AS login, pg_is_in_recovery() AS recovering,
              me.rolsuper AS superuser,
              pg_has_role(session_user, owner.oid, \(member)) AS acts_as_owner,
              owner.rolsuper OR owner.rolbypassrls AS bypasses,
              has_database_privilege(session_user, current_database(), 'CREATE')
                OR has_database_privilege(owner.oid, current_database(), 'CREATE') AS creates_schema,
              has_schema_privilege(owner.oid, space.oid, 'CREATE') AS owner_creates,
              has_database_privilege(owner.oid, current_database(), 'TEMPORARY') AS owner_creates_temporary,
              \(silence) AS silences,
              pg_get_userbyid(ledger.nspowner) AS ledger_owner,
              ledger.oid IS NULL OR has_schema_privilege(owner.oid, ledger.oid, 'USAGE')
                AND has_schema_privilege(owner.oid, ledger.oid, 'CREATE')
                AND coalesce((SELECT bool_and(has_table_privilege(owner.oid, t.oid, p.needed))
                     FROM pg_class t, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS p(needed) WHERE t.relnamespace = ledger.oid AND t.relkind = 'r'), true) AS owner_uses_ledger,
              ledger.oid IS NULL OR pg_has_role(session_user, ledger.nspowner, \(member)) AS acts_as_ledger_owner,
              (SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout') AS deadlock_timeout,
              (SELECT count(*) FROM pg_stat_replication) AS standbys,
              current_setting('max_parallel_workers_per_gather')::int AS parallel_workers
            FROM pg_roles me, pg_roles owner, pg_namespace space
            LEFT JOIN pg_namespace ledger ON ledger.nspname = 'online_change'
            WHERE me.rolname = session_user AND owner.rolname = \(table.owner.name)
              AND space.nspname = \(table.name.schema.name)
            """
        ).rows.first
        guard let row else {
            throw Failure(
                .refused,
                "schema \(table.name.schema) or role \(table.owner) is gone",
                left: "Nothing was changed.",
                next: "Run the same command again; if it says so again, somebody has dropped them."
            )
        }
        let ledgerOwner: String? = try row["ledger_owner"]
        let deadlockTimeout: Int = try row["deadlock_timeout"]
        let roleSettings = try await RoleSettings.read(session)
        return ServerFacts(
            version: session.serverVersion,
            database: Identifier(try row["database"]),
            user: Identifier(try row["login"]),
            isInRecovery: try row["recovering"],
            isSuperuser: try row["superuser"],
            canActAsOwner: try row["acts_as_owner"],
            ownerBypassesRowSecurity: try row["bypasses"],
            canCreateSchema: try row["creates_schema"],
            ownerCanCreateInSchema: try row["owner_creates"],
            ownerCanCreateTemporary: try row["owner_creates_temporary"],
            canSilenceTriggers: try row["silences"],
            ledgerOwner: ledgerOwner.map { Identifier($0) },
            ownerMayUseLedger: try row["owner_uses_ledger"],
            canActAsLedgerOwner: try row["acts_as_ledger_owner"],
            deadlockTimeout: deadlockTimeout,
            smallestDeadlockTimeout: roleSettings.deadlockTimeouts.reduce(deadlockTimeout, min),
            rolesWithStrictIsolation: roleSettings.strictlyIsolated,
            standbyCount: try row["standbys"],
            parallelWorkers: try row["parallel_workers"]
        )
    }
}

/// What roles and databases have been given that matters to a backfill.
private struct RoleSettings {
    let deadlockTimeouts: [Int]
    let strictlyIsolated: [Identifier]

    static func read(_ session: Session) async throws -> RoleSettings {
        let all = try await RoleSetting.all(session)
        return RoleSettings(
            deadlockTimeouts: all.filter { $0.name == "deadlock_timeout" }
                .compactMap { ServerDuration.milliseconds($0.value) },
            strictlyIsolated: all.filter {
                $0.name == "default_transaction_isolation" && ["serializable", "repeatable read"].contains($0.value)
            }.map { Identifier($0.role) }
        )
    }
}

/// Durations in the server's notation.
enum ServerDuration {
    /// Milliseconds of a setting such as `50`, `50ms` or `2s`; nil for what is no duration.
    static func milliseconds(_ text: String) -> Int? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        let factors = ["": 1.0, "ms": 1, "us": 0.001, "s": 1000, "min": 60000, "h": 3_600_000, "d": 86_400_000]
        let unit = text[number.endIndex...].filter { !$0.isWhitespace }
        return factors[unit].map { Int((value * $0).rounded(.down)) }
    }
}
