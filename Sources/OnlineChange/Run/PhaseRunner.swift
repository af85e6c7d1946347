import Postgres

/// Takes a change through phases, step by step, or back.
struct PhaseRunner: Sendable {
    let context: RunContext

    private var plan: Plan { context.plan }

    /// Performs what is not done yet, through the named phase.
    func advance(through last: String) async throws {
        if let reached = context.change.phase {
            if plan.isAtLeast(reached, last), let phase = plan.phase(reached) {
                return await tellReached(phase)
            }
            await context.report(.continued(change: plan.change, phase: reached))
        }
        for phase in plan.phases {
            try await run(phase)
            if phase.name == last { break }
        }
    }

    private func run(_ phase: PlannedPhase) async throws {
        var context = context
        context.change = try await context.ledger.reload(context.change.id)
        guard !plan.isAtLeast(context.change.phase, phase.name) else { return }
        let states = try await context.ledger.steps(context.change.id)
        let open = plan.steps.filter { $0.phase == phase.name && states[$0.position] != "done" }
        await context.report(.phaseStarted(phase: phase.name, summary: phase.summary))
        let partitions = PartitionChanges(context: context)
        try await partitions.clean()
        if !open.isEmpty {
            try await compareWithFingerprint(context)
            if context.change.phase != nil { try await partitions.takeIn() }
        }
        for (position, _, step) in open {
            let mark = StepMark(change: context.change.id, position: position, phase: phase.name, title: step.title)
            try await StepRunner(context: context).perform(step, mark)
            try await context.beat(waiting: nil)
        }
        // What has just got the column has nothing in it.
        if context.change.phase == nil { try await partitions.remember() } else { try await partitions.takeIn() }
        let isLast = plan.phase(after: phase.name) == nil
        try await context.ledger.reach(context.change.id, phase: phase.name, state: isLast ? .finished : .active)
        await tellReached(phase)
    }

    private func tellReached(_ phase: PlannedPhase) async {
        let next = plan.phase(after: phase.name)
        await context.report(
            .phaseReached(
                phase: phase.name,
                gate: phase.gate,
                next: next.map { _ in "online-change advance \(plan.change)" }
            )
        )
        if next == nil { await context.report(.finished) }
    }

    /// Undoes the steps that are done or were begun, the last one first.
    func rollback(noWayBack: Failure) async throws {
        let ledger = context.ledger
        let states = try await ledger.steps(context.change.id)
        let finalPhases = plan.phases.filter(\.isFinal).map(\.name)
        guard !plan.steps.contains(where: { finalPhases.contains($0.phase) && states[$0.position] == "done" }) else {
            throw noWayBack
        }
        if plan.isOneWay, plan.isSwapped(states) {
            throw Failure(
                .refused,
                "the change \(plan.change) was planned one-way: from swap on there is no way back",
                next: "online-change advance \(plan.change)"
            )
        }
        let stands = try await CatalogReader(session: context.session).exists(oid: plan.tableOID)
        if stands, context.change.phase != nil {
            try await PartitionChanges(context: context).clean()
            try await PartitionChanges(context: context).takeIn()
        }
        if context.change.state == .active {
            try await ledger.reach(context.change.id, phase: context.change.phase, state: .rollingBack)
        }
        guard stands else {
            try await context.lockGuard.run(
                GuardedTransaction(locks: [], statements: plan.cleanup),
                on: context.session
            )
            await context.report(
                .notice("table \(plan.table) is gone: only what the change left elsewhere was removed")
            )
            try await ledger.reach(context.change.id, phase: nil, state: .rolledBack)
            return await context.report(.rolledBack)
        }
        for (position, phase, step) in plan.steps.reversed() {
            guard let state = states[position], state != "undone" else { continue }
            let mark = StepMark(change: context.change.id, position: position, phase: phase, title: step.title)
            try await StepRunner(context: context).undo(step, mark)
            try await context.beat(waiting: nil)
        }
        try await ledger.reach(context.change.id, phase: nil, state: .rolledBack)
        await context.report(.rolledBack)
    }

    /// Reports what someone changed since the plan was made, and refuses to go on where that breaks it.
    private func compareWithFingerprint(_ context: RunContext) async throws {
        let reader = CatalogReader(session: context.session)
        guard try await reader.exists(oid: plan.tableOID) else {
            throw Failure(
                .refused,
                "table \(plan.table) is gone: it was dropped, or dropped and made anew",
                next: "online-change rollback \(plan.change)"
            )
        }
        let now = try await reader.snapshot(oid: plan.tableOID, mentions: plan.names.all)
        let isSwapped = plan.isSwapped(try await context.ledger.steps(context.change.id))
        let isExpanded = context.change.phase != nil
        let findings =
            plan.fingerprint.changes(
                since: now,
                names: plan.names,
                isSwapped: isSwapped,
                triggers: isExpanded && !(isSwapped && plan.isOneWay) ? plan.triggerNames : nil
            )
            + (plan.fill?.findings(in: now) ?? []) + (try await attached(to: now, context, reader))
            + (try await obstacles(isSwapped: isSwapped, reader))
        for finding in findings where finding.consequence == .note {
            await context.report(.finding(finding))
        }
        try Preflight.enforce(findings, acknowledged: context.acknowledged)
    }

    /// What partitions have got of their own on a column that is to be changed for another.
    private func obstacles(isSwapped: Bool, _ reader: CatalogReader) async throws -> [Finding] {
        guard plan.fingerprint.carried != nil, !isSwapped else { return [] }
        return PartitionCarryCheck.findings(
            try await reader.partitionObstacles(of: plan.tableOID, on: plan.names.original),
            column: "\(plan.table).\(plan.names.original)"
        )
    }

    /// What others have put on the column that goes at drop, which would go with it.
    private func attached(
        to now: TableSnapshot,
        _ context: RunContext,
        _ reader: CatalogReader
    ) async throws -> [Finding] {
        let original = plan.fingerprint.columnNumber
        // Of a column that is added to go again, what follows expand belongs to the new name and must wait for it.
        let isOriginal = plan.fingerprint.carried != nil
        guard isOriginal || (context.change.phase != nil && context.change.phase != plan.phases.first?.name),
            let column = now.columns.first(where: {
                plan.names.all.contains($0.name) && ($0.number == original) == isOriginal && plan.names.added != nil
            })
        else { return [] }
        let ours =
            plan.allTriggerNames + plan.fingerprint.ours + plan.fingerprint.rewrittenTriggers.keys
            + plan.steps.flatMap { step in
                step.step.undoPreparation.compactMap(\.builtIndex) + [step.step.action.builtIndex].compactMap { $0 }
            }
        let dependents = try await reader.dependents(oid: plan.tableOID, column: column.number)
        let known = Set(plan.fingerprint.carried ?? [])
        return AttachedObjectCheck.findings(
            on: column,
            table: plan.table,
            dependents: dependents.filter { !ours.contains($0.name) && !known.contains($0.object) },
            isOriginal: isOriginal
        )
    }
}

extension Action {
    /// The name of the index that it builds.
    fileprivate var builtIndex: Identifier? {
        switch self {
        case .buildIndex(let build): build.index.name
        case .buildPartitionedIndex(let build): build.index.name
        default: nil
        }
    }
}
