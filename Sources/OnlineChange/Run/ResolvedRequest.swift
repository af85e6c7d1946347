import Postgres

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
        guard let resolved = try await find(request, on: session) else {
            throw try await missing(request.table, on: session)
        }
        return resolved
    }

    /// The same; nil for a table that there isn't.
    static func find(_ request: ChangeRequest, on session: Session) async throws -> ResolvedRequest? {
        let (schema, name) = try NameSyntax.optionallyQualified(request.table)
        let arguments = try ArgumentValues(request)
        let reader = CatalogReader(session: session)
        guard let table = try await reader.find(schema: schema, name: name) else { return nil }
        let facts = try await ServerFacts.read(session, table: table)
        let searchPath = try await reader.searchPath()
        try await session.secure(as: facts.canActAsOwner ? table.owner : nil)
        return ResolvedRequest(
            request: request,
            table: table,
            arguments: arguments,
            facts: facts,
            searchPath: searchPath
        )
    }

    /// That there is no such table, with the names of those that may be meant.
    static func missing(_ table: String, on session: Session) async throws -> Failure {
        let (_, name) = try NameSyntax.optionallyQualified(table)
        let near = try await CatalogReader(session: session).namesLike(name)
        return Failure(
            .refused,
            "there is no table \(table)",
            left: "Nothing was changed.",
            next: near.isEmpty
                ? "Give its schema (schema.table) if it is not on the search_path."
                : "Did you mean \(near.joined(separator: ", "))?"
        )
    }

    /// Says that nothing is left to do, if the table has already what the recipe would give it.
    func nothingToDo(on session: Session) async throws -> String? {
        guard let outcome = request.recipe.outcome(arguments) else { return nil }
        return outcome.nothingToDo(in: try await CatalogReader(session: session).snapshot(oid: table.oid, mentions: []))
    }

    /// Says that the table is as the change would leave it, though the ledger knows of none: a database that was made
    /// from a later schema. A column of the new name and none of the old one is proof enough for a file.
    func standsAlready(on session: Session) async throws -> String? {
        // With an expression a column may be converted into the type that it has.
        guard var outcome = request.recipe.outcome(arguments), arguments.texts["using"] == nil else { return nil }
        let table = try await CatalogReader(session: session).snapshot(oid: table.oid, mentions: [])
        if case .retyped(_, let to, let type) = outcome, let column = table.column(to) {
            let isSame = try await TypeName(type).isSame(as: column.type, on: session)
            outcome = outcome.of(type: isSame ? column.type : nil)
        }
        guard outcome.holds(in: table) else { return nil }
        return outcome.standsAlready(in: table)
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
        var cascade = Cascade()
        if type != nil, let column = snapshot.column(names.original) {
            cascade = try await Cascade(self, column: column, on: session)
            dependents = cascade.settled(
                try await DependentsReader(session: session, table: table.oid, column: column.number).read(),
                of: ColumnKey(table: table.oid, number: column.number)
            )
        }
        var obstacles: [PartitionObstacle] = []
        if type != nil { obstacles = try await reader.partitionObstacles(of: table.oid, on: names.original) }
        let subject = PreflightSubject(
            table: snapshot,
            facts: facts,
            names: names,
            unfinished: unfinished.filter { !$0.plan.columns(of: table.oid).isEmpty },
            dependents: dependents,
            obstacles: obstacles,
            arguments: arguments,
            companions: cascade.companions,
            leftBehind: cascade.leftBehind
        )
        var findings = Preflight.findings(subject, of: request.recipe)
        try Preflight.enforce(findings, acknowledged: request.options.acknowledged)
        let (companions, more) = try await companions(
            of: names,
            cascade,
            unfinished: unfinished,
            lockGuard: lockGuard,
            on: session
        )
        for finding in more where !findings.contains(finding) { findings.append(finding) }
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
            let beside = companions.filter { $0.table.oid == table.oid }
                .compactMap { request.recipe.names($0.arguments, table: snapshot) }
            typeChange = try await probe(type, snapshot, dependents, names, beside: beside, lockGuard, session)
        }
        let notNull = try await notNullFacts(snapshot, on: session, lockGuard: lockGuard)
        if let notNull {
            let more = NotNullCheck.findings(notNull, subject)
            try Preflight.enforce(more, acknowledged: request.options.acknowledged)
            findings += more
        }
        if subject.writesRows, typeChange?.isFree != true {
            let more = try await UnprovenChecks(session: session, table: snapshot, names: names).findings()
            try Preflight.enforce(more, acknowledged: request.options.acknowledged)
            findings += more
        }
        return try Planner(recipe: request.recipe, arguments: arguments, change: name, options: request.options)
            .plan(
                table: snapshot,
                facts: facts,
                exchanged: exchanged,
                typeChange: typeChange,
                dependents: dependents,
                notNull: notNull,
                companions: companions,
                findings: findings
            )
    }

    /// The schemas in which the user's own session looks names up, as SQL.
    var searchPathText: String { searchPath.map(\.quoted).joined(separator: ", ") }

    func probe(
        _ type: String,
        _ snapshot: TableSnapshot,
        _ dependents: ColumnDependents,
        _ names: ColumnNames,
        beside: [ColumnNames] = [],
        _ lockGuard: LockGuard,
        _ session: Session
    ) async throws -> TypeChange {
        let change = try await TypeProbe(
            session: session,
            lockGuard: lockGuard,
            table: snapshot,
            dependents: dependents,
            names: names,
            beside: beside,
            type: type,
            using: arguments.texts["using"],
            reverse: arguments.texts["reverse"],
            searchPath: searchPathText,
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
                "column \(snapshot.name).\(names.original): there is no cast back from \(change.type), so rollback after swap "
                    + "would not be possible",
                left: "Nothing was changed.",
                next: "Give the way back with --reverse, or say --one-way."
            )
        }
        return change
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
