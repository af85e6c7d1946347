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
    /// The schemas in which the user's own session looks names up.
    let searchPath: [Identifier]

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
        let searchPath = try await reader.searchPath()
        try await session.secure(as: facts.canActAsOwner ? table.owner : nil)
        return ResolvedRequest(
            request: request,
            table: table,
            arguments: ArgumentValues(columns: columns, texts: request.texts),
            facts: facts,
            searchPath: searchPath
        )
    }

    /// Says that nothing is left to do, if the table has already what the recipe would give it.
    func nothingToDo(on session: Session) async throws -> String? {
        guard let outcome = request.recipe.outcome(arguments) else { return nil }
        return outcome.nothingToDo(in: try await CatalogReader(session: session).snapshot(oid: table.oid, mentions: []))
    }

    /// Looks at everything that could stand in the way, and plans.
    func plan(on session: Session, lockGuard: LockGuard, unfinished: [ChangeRecord]) async throws -> Plan {
        let reader = CatalogReader(session: session)
        let mentions = Array(arguments.columns.values)
        let snapshot = try await reader.snapshot(oid: table.oid, mentions: mentions)
        guard let names = request.recipe.names(arguments, table: snapshot) else {
            throw Failure(.usage, "the recipe \(request.recipe.name) lacks an argument")
        }
        let subject = PreflightSubject(
            table: snapshot,
            facts: facts,
            names: names,
            unfinished: unfinished,
            arguments: arguments
        )
        var findings = Preflight.findings(subject, of: request.recipe)
        try Preflight.enforce(findings, acknowledged: request.options.acknowledged)
        var exchanged = ExchangedDefinitions()
        if let added = names.added {
            exchanged = try await ExchangeProbe(
                session: session,
                lockGuard: lockGuard,
                table: snapshot,
                from: names.original,
                to: added
            ).definitions()
        }
        let notNull = try await notNullFacts(snapshot, on: session, lockGuard: lockGuard)
        if let notNull {
            let more = NotNullCheck.findings(notNull, subject)
            try Preflight.enforce(more, acknowledged: request.options.acknowledged)
            findings += more
        }
        return try Planner(recipe: request.recipe, arguments: arguments, change: name, options: request.options)
            .plan(table: snapshot, facts: facts, exchanged: exchanged, notNull: notNull, findings: findings)
    }

    private func notNullFacts(_ snapshot: TableSnapshot, on session: Session, lockGuard: LockGuard) async throws
        -> NotNullFacts?
    {
        guard case .notNull(let name)? = request.recipe.outcome(arguments), let column = snapshot.column(name) else {
            return nil
        }
        return try await NotNullProbe(
            session: session,
            lockGuard: lockGuard,
            facts: facts,
            table: snapshot,
            column: column,
            searchPath: searchPath
        ).facts(fill: request.recipe.fill(arguments))
    }
}
