import Postgres

/// What stands in the way of changes on a server, before anybody tries.
public struct Diagnosis: Encodable, Sendable {
    /// The server's version; nil if nothing could be asked.
    public let version: String?
    /// The database.
    public let database: String?
    /// The role that asked.
    public let role: String?
    /// The table, if only one was of interest.
    public let table: String?
    /// What was found, the weightiest first.
    public let ailments: [Ailment]
    /// Whether something would have a change refused.
    public let blocks: Bool
    /// What could not be looked at, and why.
    public let unseen: [String]

    private static let checks: [any DoctorCheck.Type] = [
        ServerAilments.self, TableAilments.self, PrivilegeAilments.self, SettingAilments.self, RoleAilments.self,
        TransactionAilments.self, LeftoverAilments.self, RunnerAilments.self, IndexAilments.self,
        ReplicationAilments.self, SlotAilments.self, AgeAilments.self, IntegerAilments.self,
    ]

    /// Looks at the server, the database, and all tables or one. It changes nothing.
    ///
    /// - Parameter patience: for how long a session may idle in a transaction before it is told of, in seconds.
    /// - Throws: `Failure` if the server can't be reached or there is no such table.
    public static func make(_ parameters: ConnectionParameters, table: String?, patience: Double = 60) async throws
        -> Diagnosis
    {
        let session: Session
        do {
            session = try await Session.open(parameters)
        } catch let failure as Failure where failure.kind == .refused {
            // A pooler that gives each statement another process: nothing more can be asked.
            let ailment = Ailment.blocks("connection", failure.message, failure.next ?? "")
            return Diagnosis(
                version: nil,
                database: nil,
                role: nil,
                table: table,
                ailments: [ailment],
                blocks: true,
                unseen: ["everything else: there is no session that lasts"]
            )
        }
        do {
            let diagnosis = try await make(session, table: table, patience: patience)
            await session.close()
            return diagnosis
        } catch {
            await session.close()
            throw error
        }
    }

    private static func make(_ session: Session, table: String?, patience: Double) async throws -> Diagnosis {
        try await session.set("default_transaction_read_only", to: "on")
        var subject = try await subject(session, table: table)
        subject.patience = patience
        var ailments: [Ailment] = []
        var unseen: [String] = []
        if subject.unfinished == nil {
            unseen.append("changes: this role may not read the ledger (schema online_change)")
        }
        for check in checks {
            do {
                ailments += try await check.ailments(subject)
            } catch let error as PostgresError {
                guard error.state != nil else { throw error }
                unseen.append("\(check): \(error.serverMessage)")
            }
        }
        return Diagnosis(
            version: "\(session.serverVersion / 10000).\(session.serverVersion % 10000)",
            database: subject.facts.database.name,
            role: subject.facts.user.name,
            table: subject.table.map { "\($0.name)" },
            ailments: Ailment.Weight.allCases.flatMap { weight in ailments.filter { $0.weight == weight } },
            blocks: ailments.contains { $0.weight == .blocks },
            unseen: unseen
        )
    }

    private static func subject(_ session: Session, table: String?) async throws -> DoctorSubject {
        let reader = CatalogReader(session: session)
        var reference: RelationReference?
        if let table {
            let (schema, name) = try NameSyntax.optionallyQualified(table)
            reference = try await reader.find(schema: schema, name: name)
            if reference == nil { throw try await ResolvedRequest.missing(table, on: session) }
        }
        // Without a table, as if this role had one of its own.
        let login: String = try await session.value("SELECT session_user")
        let own = RelationReference(
            oid: 0,
            name: QualifiedName(schema: "pg_catalog", name: "pg_class"),
            owner: Identifier(login)
        )
        let facts = try await ServerFacts.read(session, table: reference ?? own)
        var snapshot: TableSnapshot?
        if let reference { snapshot = try await reader.snapshot(oid: reference.oid, mentions: []) }
        return DoctorSubject(
            session: session,
            facts: facts,
            table: snapshot,
            unfinished: try await unfinished(session),
            roleSettings: try await RoleSetting.all(session)
        )
    }

    /// The unfinished changes that the ledger has; none where there is no ledger, nil where it can't be read.
    private static func unfinished(_ session: Session) async throws -> [ChangeRecord]? {
        do {
            guard try await LedgerAccess.open(session) else { return [] }
            let changes = try await Ledger(session: session).unfinishedChanges()
            try await session.set("role", to: "none")
            return changes
        } catch is Failure {
            return nil
        } catch let error as PostgresError {
            guard error.state == .insufficientPrivilege else { throw error }
            return nil
        }
    }
}
