import Postgres

/// Takes a change through phases, step by step, or back.
struct PhaseRunner: Sendable {
    let context: RunContext

    private var plan: Plan { context.plan }

    /// Performs what is not done yet, through the named phase.
    func advance(through last: String) async throws {
        if let reached = context.change.phase {
            if plan.isAtLeast(reached, last), let phase = plan.phase(reached) {
                try await context.outlastFailover { try await context.beat(waiting: nil, isDurable: true) }
                return await tellReached(phase, isStop: true)
            }
            await context.report(.continued(change: plan.change, phase: reached))
        }
        for phase in plan.phases {
            try await run(phase, isStop: phase.name == last)
            if phase.name == last { break }
        }
    }

    private func run(_ phase: PlannedPhase, isStop: Bool) async throws {
        var context = context
        context.change = try await context.ledger.reload(context.change.id)
        guard !plan.isAtLeast(context.change.phase, phase.name) else { return }
        try await context.obtainApproval(to: .phase(phase.name))
        let states = try await context.ledger.steps(context.change.id)
        let open = plan.steps.filter { $0.phase == phase.name && states[$0.position] != "done" }
        if phase.isFinal, !open.isEmpty { try await QuietCheck(context: context).require() }
        await context.report(.phaseStarted(phase: phase.name, summary: phase.summary))
        let partitions = PartitionChanges(context: context)
        try await partitions.clean()
        if !open.isEmpty {
            try await FingerprintCheck(context: context).run()
            if context.change.phase != nil { try await partitions.takeIn() }
        }
        let isLast = plan.phase(after: phase.name) == nil
        if isLast { try await requireOutcome() }
        let gone = try await context.gone()
        for (position, _, step) in open {
            let mark = StepMark(change: context.change.id, position: position, phase: phase.name, title: step.title)
            guard !gone.contains(step.column) else {
                try await leave(mark, of: step, state: "done")
                continue
            }
            try await TableNames.require(plan, on: context.session)
            try await StepRunner(context: context.about(step.column)).perform(step, mark)
            try await context.beat(waiting: nil)
        }
        // What has just got the column has nothing in it.
        if context.change.phase == nil {
            try await partitions.remember()
            try await ColumnTrace.remember(context)
        } else {
            try await partitions.takeIn()
        }
        try await context.reach(phase.name, isLast ? .finished : .active)
        await tellReached(phase, isStop: isStop)
    }

    /// Before the end of a change that adds no column: that what it has brought about is still so.
    private func requireOutcome() async throws {
        guard case .notNull(let name) = plan.outcome, context.change.phase != nil else { return }
        let table = try await CatalogReader(session: context.session).snapshot(oid: plan.tableOID, mentions: [])
        guard table.column(name) != nil, !plan.outcome.holds(in: table) else { return }
        throw Failure(
            .refused,
            "column \(plan.table).\(name) can hold NULL: someone has dropped its NOT NULL since swap",
            left: "Nothing was changed.",
            next:
                "ALTER TABLE \(plan.table.quoted) ALTER COLUMN \(name.quoted) SET NOT NULL; then run the same command "
                + "again; or: online-change rollback \(ShellWord(plan.change))"
        )
    }

    /// - Parameter isStop: whether the run ends there, which makes the gate worth telling.
    private func tellReached(_ phase: PlannedPhase, isStop: Bool) async {
        let gate = isStop ? plan.gate(after: phase.name) : nil
        let isLast = plan.phase(after: phase.name) == nil
        await context.report(
            .phaseReached(phase: phase.name, gate: gate, next: isStop && !isLast ? plan.nextCommand : nil)
        )
        if isLast { await context.report(.finished) }
    }

    /// Undoes the steps that are done or were begun, the last one first.
    func rollback(noWayBack: Failure) async throws {
        // The answer to the last statement of a rollback can get lost with the connection.
        guard context.change.state != .rolledBack else { return await context.report(.rolledBack) }
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
                left: "Nothing was changed.",
                next: "online-change advance \(ShellWord(plan.change))"
            )
        }
        let gone = try await context.gone()
        let stands = !gone.contains(0)
        if stands, let place = gone.min(), plan.isSwapped(states) {
            throw Failure(
                .refused,
                "table \(plan.columns[place].table) is gone since the swap, and the columns can only change places back together",
                left: "Nothing was changed.",
                next: "online-change advance \(ShellWord(plan.change))"
            )
        }
        let wayBack = WayBack(context: context, states: states)
        let lost = stands ? try await wayBack.lost(besides: gone) : []
        try await context.obtainApproval(to: .rollback)
        if stands, context.change.phase != nil {
            try await PartitionChanges(context: context).clean()
            try await PartitionChanges(context: context).takeIn()
        }
        if context.change.state == .active {
            try await context.reach(context.change.phase, .rollingBack)
        }
        guard stands else {
            try await context.lockGuard.run(
                GuardedTransaction(locks: [], statements: plan.cleanup),
                on: context.session
            )
            await context.report(
                .notice("table \(plan.table) is gone: only what the change left elsewhere was removed")
            )
            try await context.reach(nil, .rolledBack)
            return await context.report(.rolledBack)
        }
        for place in lost.sorted() { try await wayBack.leave(place) }
        for (position, phase, step) in plan.steps.reversed() {
            guard let state = states[position], state != "undone" else { continue }
            let mark = StepMark(change: context.change.id, position: position, phase: phase, title: step.title)
            guard !lost.contains(step.column) else {
                try await ledger.end(mark, state: "undone", statements: "", effort: .init())
                continue
            }
            try await TableNames.require(plan, on: context.session)
            guard !gone.contains(step.column) else {
                try await leave(mark, of: step, state: "undone")
                continue
            }
            try await StepRunner(context: context.about(step.column)).undo(step, mark)
            try await context.beat(waiting: nil)
        }
        try await context.reach(nil, .rolledBack)
        await context.report(.rolledBack)
    }

    /// Takes a step for done, or undone, whose table is gone: what the change has elsewhere is removed.
    private func leave(_ mark: StepMark, of step: Step, state: String) async throws {
        try await context.lockGuard.run(
            GuardedTransaction(locks: [], statements: plan.columns[step.column].cleanup),
            on: context.session,
            record: { [mark.ended(state: state, statements: "", effort: $0)] }
        )
    }
}

extension RunContext {
    /// Writes down how far the change is.
    fileprivate func reach(_ phase: String?, _ state: ChangeRecord.State) async throws {
        try await outlastFailover { try await ledger.reach(change.id, phase: phase, state: state) }
    }

    /// Runs a statement that waits for standbys where commits wait for one: what was done before lasts only then.
    fileprivate func outlastFailover(_ waiting: () async throws -> Void) async throws {
        let waits: Bool = try await observer.value("SELECT \(Throttle.synchronousStandbyIsMissing)")
        if waits {
            await report(
                .notice(
                    "\(Throttle.noSynchronousStandby): what is done is kept, and how far it is lasts once one is; no lock is "
                        + "held meanwhile, and whoever interrupts this loses nothing"
                )
            )
        }
        try await waiting()
        // A wait that is cancelled ends well: the server has committed, but no standby has it.
        try Task.checkCancellation()
    }

    /// The places of columns whose tables were dropped.
    fileprivate func gone() async throws -> Set<Int> {
        let reader = CatalogReader(session: session)
        var places: Set<Int> = []
        for (place, column) in plan.columns.enumerated() where try await !reader.exists(oid: column.tableOID) {
            places.insert(place)
        }
        return places
    }
}
