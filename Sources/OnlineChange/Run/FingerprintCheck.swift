import Postgres

/// What others have changed since the plan was made.
struct FingerprintCheck: Sendable {
    let context: RunContext

    private var plan: Plan { context.plan }

    /// Reports what is new, and refuses to go on where that breaks the plan.
    func run() async throws {
        let reader = CatalogReader(session: context.session)
        let isSwapped = plan.isSwapped(try await context.ledger.steps(context.change.id))
        let isExpanded = context.change.phase != nil
        var findings: [Finding] = []
        for (place, column) in plan.columns.enumerated() {
            guard try await reader.exists(oid: column.tableOID) else {
                if place > 0, isSwapped {
                    await context.report(.notice("table \(column.table) is gone: the change goes on without it"))
                    continue
                }
                throw Failure(
                    .refused,
                    "table \(column.table) is gone: it was dropped, or dropped and made anew",
                    left: "Nothing was changed.",
                    next: "online-change rollback \(ShellWord(plan.change))"
                )
            }
            if isSwapped, let name = try await droppedFollower(place) {
                findings += try await stranger(called: name, column, reader)
                continue
            }
            let now = try await reader.snapshot(oid: column.tableOID, mentions: column.names.all)
            findings += column.fingerprint.changes(
                since: now,
                names: column.names,
                isSwapped: isSwapped,
                triggers: isExpanded && !(isSwapped && plan.isOneWay) ? column.triggerNames : nil
            )
            findings += (column.fill?.findings(in: now) ?? []) + (try await attached(to: now, column, reader))
            if !isSwapped { findings += try await obstacles(column, reader) + altered(in: now, column) }
        }
        for finding in findings where finding.consequence == .note {
            await context.report(.finding(finding))
        }
        try Preflight.enforce(findings, acknowledged: context.acknowledged)
    }

    /// Refuses to carry what is another by now than the plan knows: right before the locks are asked for.
    func requireUnaltered() async throws {
        let reader = CatalogReader(session: context.session)
        var findings: [Finding] = []
        for column in plan.columns where column.fingerprint.image != nil {
            let now = try await reader.snapshot(oid: column.tableOID, mentions: column.names.all)
            findings += try await altered(in: now, column)
        }
        try Preflight.enforce(findings, acknowledged: context.acknowledged)
    }

    /// What others have altered of what is to be carried.
    private func altered(in now: TableSnapshot, _ planned: PlannedColumn) async throws -> [Finding] {
        let fingerprint = planned.fingerprint
        guard let image = fingerprint.image,
            let column = now.columns.first(where: { $0.number == fingerprint.columnNumber })
        else { return [] }
        let dependents = try await DependentsReader(
            session: context.session,
            table: planned.tableOID,
            column: column.number
        ).read()
        return image.findings(
            since: CarriedImage(dependents, of: column, in: now, except: Set(fingerprint.rewrittenTriggers.keys))
        )
    }

    /// The name of the column that follows, if someone has dropped it: drop takes it away anyhow, and what is left of the
    /// change with it.
    private func droppedFollower(_ place: Int) async throws -> Identifier? {
        let trace = try await ColumnTrace.read(context.about(place), isSwapped: true)
        return trace.follower == .gone && trace.leader == .stands ? trace.followerName : nil
    }

    /// A column that bears the dropped one's name, which drop would take for it.
    private func stranger(called name: Identifier, _ planned: PlannedColumn, _ reader: CatalogReader) async throws
        -> [Finding]
    {
        guard try await reader.snapshot(oid: planned.tableOID, mentions: []).column(name) != nil else {
            await context.report(.notice("column \(planned.table).\(name) is gone already: someone dropped it"))
            return []
        }
        return [
            .refused(
                "column \(planned.table).\(name)",
                "it is another one than the change keeps equal, which someone dropped; drop would take it",
                wayOut: "give it another name until the change is finished"
            )
        ]
    }

    /// What partitions have got of their own on a column that is to be changed for another.
    private func obstacles(_ planned: PlannedColumn, _ reader: CatalogReader) async throws -> [Finding] {
        guard planned.fingerprint.carried != nil else { return [] }
        return PartitionCarryCheck.findings(
            try await reader.partitionObstacles(of: planned.tableOID, on: planned.names.original),
            column: "\(planned.table).\(planned.names.original)"
        )
    }

    /// What others have put on the column that goes at drop, which would go with it.
    private func attached(to now: TableSnapshot, _ planned: PlannedColumn, _ reader: CatalogReader) async throws
        -> [Finding]
    {
        let original = planned.fingerprint.columnNumber
        // Of a column that is added to go again, what follows expand belongs to the new name and must wait for it.
        let isOriginal = planned.fingerprint.carried != nil
        guard isOriginal || (context.change.phase != nil && context.change.phase != plan.phases.first?.name),
            let column = now.columns.first(where: {
                planned.names.all.contains($0.name) && ($0.number == original) == isOriginal
                    && planned.names.added != nil
            })
        else { return [] }
        let ours = plan.ownObjects
        let dependents = try await reader.dependents(oid: planned.tableOID, column: column.number)
        let known = Set(planned.fingerprint.carried ?? [])
        return AttachedObjectCheck.findings(
            on: column,
            table: planned.table,
            dependents: dependents.filter { !ours.contains($0.name) && !known.contains($0.object) },
            isOriginal: isOriginal
        )
    }
}
