import Postgres

/// What a user asks for when starting a change.
public struct ChangeRequest: Sendable {
    /// The recipe.
    public var recipe: Recipe
    /// The table as the user wrote it.
    public var table: String
    /// Columns by the recipe's argument names, as the user wrote them.
    public var columns: [String: String]
    /// Arguments that are no names: types, expressions.
    public var texts: [String: String]
    /// The change's name, if the user gave one.
    public var name: String?
    /// How the change is planned.
    public var options: PlanningOptions
    /// What the backfill starts with; nil for what is stored or the default.
    public var batchTime: Int?
    /// How many batches run at once; nil likewise.
    public var workers: Int?

    /// A request.
    public init(
        recipe: Recipe,
        table: String,
        columns: [String: String],
        texts: [String: String] = [:],
        name: String? = nil,
        options: PlanningOptions = PlanningOptions(),
        batchTime: Int? = nil,
        workers: Int? = nil
    ) {
        self.recipe = recipe
        self.table = table
        self.columns = columns
        self.texts = texts
        self.name = name
        self.options = options
        self.batchTime = batchTime
        self.workers = workers
    }
}

/// A request whose names have been read and whose table has been found.
struct ResolvedRequest: Sendable {
    let request: ChangeRequest
    let table: RelationReference
    let arguments: ArgumentValues
    let facts: ServerFacts
    /// Where the user's session looks names up, types and functions among them.
    let searchPath: String

    /// The change's name.
    var name: String {
        request.name ?? Planner.defaultName(table: table.name, recipe: request.recipe, arguments: arguments)
    }

    /// Reads the names and looks the table up, then makes the session the owner's.
    ///
    /// - Throws: `NameSyntax.Problem` for what is no name, `Failure.refused` for a table that there isn't.
    static func resolve(_ request: ChangeRequest, on session: Session) async throws -> ResolvedRequest {
        let (schema, name) = try NameSyntax.optionallyQualified(request.table)
        let columns = try request.columns.mapValues { try NameSyntax.identifier($0) }
        let reader = CatalogReader(session: session)
        guard let table = try await reader.find(schema: schema, name: name) else {
            let near = try await reader.namesLike(name)
            throw Failure(
                .refused,
                "there is no table \(request.table)",
                left: "Nothing was changed.",
                next: near.isEmpty
                    ? "Give its schema (schema.table) if it is not on the search_path."
                    : "Did you mean \(near.joined(separator: ", "))?"
            )
        }
        let facts = try await ServerFacts.read(session, table: table)
        let searchPath: String = try await session.value("SELECT pg_catalog.current_setting('search_path')")
        try await session.secure(as: facts.canActAsOwner ? table.owner : nil)
        return ResolvedRequest(
            request: request,
            table: table,
            arguments: ArgumentValues(columns: columns, texts: request.texts),
            facts: facts,
            searchPath: searchPath
        )
    }

    /// Looks at everything that could stand in the way, and plans.
    func plan(on session: Session, lockGuard: LockGuard, unfinished: [ChangeRecord]) async throws -> Plan {
        let reader = CatalogReader(session: session)
        let mentions = Array(arguments.columns.values)
        let snapshot = try await reader.snapshot(oid: table.oid, mentions: mentions)
        guard let names = request.recipe.names(arguments, table: snapshot) else {
            throw Failure(.usage, "the recipe \(request.recipe.name) lacks an argument")
        }
        let type = arguments.texts["type"]
        var dependents: ColumnDependents?
        if type != nil, let column = snapshot.column(names.original) {
            dependents = try await DependentsReader(session: session, table: table.oid, column: column.number).read()
        }
        let findings = Preflight.findings(
            PreflightSubject(
                table: snapshot,
                facts: facts,
                names: names,
                unfinished: unfinished,
                dependents: dependents
            ),
            of: request.recipe
        )
        try Preflight.enforce(findings, acknowledged: request.options.acknowledged)
        var exchanged = ExchangedDefinitions()
        if let added = names.added, type == nil {
            exchanged = try await ExchangeProbe(
                session: session,
                lockGuard: lockGuard,
                table: snapshot,
                from: names.original,
                to: added
            ).definitions()
        }
        var typeChange: TypeChange?
        if let type, let dependents {
            typeChange = try await probe(type, snapshot, dependents, names, lockGuard, session)
        }
        return try Planner(recipe: request.recipe, arguments: arguments, change: name, options: request.options)
            .plan(
                table: snapshot,
                facts: facts,
                exchanged: exchanged,
                typeChange: typeChange,
                dependents: dependents,
                findings: findings
            )
    }

    private func probe(
        _ type: String,
        _ snapshot: TableSnapshot,
        _ dependents: ColumnDependents,
        _ names: ColumnNames,
        _ lockGuard: LockGuard,
        _ session: Session
    ) async throws -> TypeChange {
        let change = try await TypeProbe(
            session: session,
            lockGuard: lockGuard,
            table: snapshot,
            dependents: dependents,
            names: names,
            type: type,
            using: arguments.texts["using"],
            reverse: arguments.texts["reverse"],
            searchPath: searchPath,
            function: { direction, suffix in
                DualWrite.object(
                    table: snapshot.name,
                    replica: names.added ?? names.original,
                    oid: snapshot.oid,
                    suffix: "_\(direction)\(suffix)"
                )
            }
        ).change()
        guard change.backward != nil || request.options.isOneWay || change.isFree else {
            throw Failure(
                .refused,
                "there is no cast from \(change.type) back to the type of \(names.original): rollback after swap would not "
                    + "be possible",
                left: "Nothing was changed.",
                next: "Give the way back with --reverse, or say --one-way."
            )
        }
        return change
    }
}
