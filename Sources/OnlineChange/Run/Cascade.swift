import Postgres

/// Columns that refer to the one whose type changes, and what becomes of them.
struct Cascade: Sendable {
    /// Each column that goes along once: those of the same table first, the others by the order of their tables' names.
    private(set) var companions: [ReferringColumn] = []
    /// Columns that stay as they are and can't hold all that the changed one can.
    private(set) var leftBehind: [ReferringColumn] = []
    private var references: [ReferringColumn] = []
    private var columns: Set<ColumnKey> = []

    /// No column refers to anything that changes.
    init() {}

    /// Looks who refers to a column of a request.
    init(_ resolved: ResolvedRequest, column: Column, on session: Session) async throws {
        guard let type = resolved.arguments.texts["type"] else { return }
        let reader = ReferenceReader(session: session)
        let transition = TypeTransition(
            old: column.type,
            new: try await reader.typeName(type, searchPath: resolved.searchPathText)
        )
        let root = ColumnKey(table: resolved.table.oid, number: column.number)
        references = try await reader.references(to: root, transition)
        columns = [root]
        let isAsked = resolved.request.recipe.arguments(resolved.arguments, forCompanion: column.name) != nil
        var seen: Set<ColumnKey> = [root]
        for reference in references {
            // What refers to a column that stays as it is can't overflow by this change.
            guard columns.contains(reference.referred), seen.insert(reference.key).inserted else { continue }
            if isAsked, transition.takesAlong(reference) {
                companions.append(reference)
                columns.insert(reference.key)
            } else if transition.leavesBehind(reference) {
                leftBehind.append(reference)
            }
        }
        companions.sort { left, right in
            let isFar = (left.table.oid != root.table, right.table.oid != root.table)
            guard isFar.0 == isFar.1 else { return isFar.1 }
            return (left.table.name.quoted, left.number) < (right.table.name.quoted, right.number)
        }
    }

    /// What depends on a column, without the types at the other ends of foreign keys where those change likewise.
    func settled(_ dependents: ColumnDependents, of column: ColumnKey) -> ColumnDependents {
        let ties = references.filter {
            columns.contains($0.key) && columns.contains($0.referred) && ($0.key == column || $0.referred == column)
        }
        var dependents = dependents
        for index in dependents.constraints.indices {
            let key = dependents.constraints[index]
            let isTie = ties.contains { tie in
                tie.constraint == key.name && tie.table.name == key.table
                    && (key.refersToColumn ? tie.referred == column : tie.key == column)
            }
            if isTie { dependents.constraints[index].otherTypes = [] }
        }
        return dependents
    }
}

extension ResolvedRequest {
    /// Looks at everything that could stand in the way of the columns that go along, and at what the server makes of
    /// their change.
    func companions(
        of root: ColumnNames,
        _ cascade: Cascade,
        unfinished: [ChangeRecord],
        lockGuard: LockGuard,
        on session: Session
    ) async throws -> (companions: [Companion], findings: [Finding]) {
        var subjects: [PreflightSubject] = []
        let reader = CatalogReader(session: session)
        for column in cascade.companions {
            guard let arguments = request.recipe.arguments(arguments, forCompanion: column.name) else { continue }
            let snapshot = try await reader.snapshot(oid: column.table.oid, mentions: [column.name])
            guard let names = request.recipe.names(arguments, table: snapshot) else { continue }
            let dependentsReader = DependentsReader(session: session, table: column.table.oid, column: column.number)
            let dependents = try await dependentsReader.read()
            subjects.append(
                PreflightSubject(
                    table: snapshot,
                    facts: try await ServerFacts.read(session, table: column.table),
                    names: names,
                    unfinished: unfinished.filter { !$0.plan.columns(of: column.table.oid).isEmpty },
                    dependents: cascade.settled(dependents, of: column.key),
                    arguments: arguments
                )
            )
        }
        let findings = subjects.flatMap { Preflight.findings($0, of: request.recipe) }
        try Preflight.enforce(findings, acknowledged: request.options.acknowledged)
        let all = [(table.oid, root)] + subjects.map { ($0.table.oid, $0.names) }
        try requireDistinctNames(subjects, all)
        var companions: [Companion] = []
        for subject in subjects {
            guard let dependents = subject.dependents, let type = arguments.texts["type"] else { continue }
            let change = try await probe(
                type,
                subject.table,
                dependents,
                subject.names,
                beside: all.filter { $0.0 == subject.table.oid && $0.1 != subject.names }.map(\.1),
                lockGuard,
                session
            )
            companions.append(
                Companion(
                    table: subject.table,
                    arguments: subject.arguments,
                    typeChange: change,
                    dependents: dependents
                )
            )
        }
        return (companions, findings)
    }

    /// Names that are cut to 63 bytes may be alike.
    private func requireDistinctNames(_ subjects: [PreflightSubject], _ all: [(UInt32, ColumnNames)]) throws(Failure) {
        for subject in subjects {
            let others = all.filter { $0.0 == subject.table.oid && $0.1 != subject.names }.flatMap(\.1.all)
            guard let shared = subject.names.all.first(where: others.contains) else { continue }
            throw Failure(
                .refused,
                "column \(subject.table.name).\(subject.from): the name \(shared) would be needed for it and for another column "
                    + "of the table that changes with it",
                left: "Nothing was changed.",
                next: "Leave --cascade out, and change the columns one after another."
            )
        }
    }
}
