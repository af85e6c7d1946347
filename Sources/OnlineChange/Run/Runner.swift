import Postgres

/// Starts changes, takes them from phase to phase, and back. Whatever ends it, the same call again continues.
public struct Runner: Sendable {
    /// Where the database is.
    public let parameters: ConnectionParameters
    /// The longest that an application may wait because of us, in milliseconds.
    public var lockTimeout = 100
    /// How long to keep trying for a lock, in seconds.
    public var lockDeadline = 600.0
    /// Objects of findings that the user has taken note of.
    public var acknowledged: Set<String> = []
    /// What the user says of this run, for the audit trail.
    public var annotation: Annotation?
    /// How long no write may have come through the legacy column alone before it is dropped; nil not to ask.
    public var quiet: QuietDemand?
    /// Is asked before a phase or a rollback begins, while no lock and no transaction is held; a failure stops the run
    /// there. Whoever answers is waited for.
    public var ask: (@Sendable (Intention) async throws -> Void)?
    /// Is told which change the run is about, before the first event that concerns it.
    public var tellSubject: @Sendable (RunSubject) async -> Void = { _ in }
    let report: @Sendable (Event) async -> Void

    /// A runner that tells what happens to `report`.
    public init(parameters: ConnectionParameters, report: @escaping @Sendable (Event) async -> Void) {
        self.parameters = parameters
        self.report = report
    }

    // MARK: What can be asked for

    /// The plan for a request; touches nothing.
    public func plan(_ request: ChangeRequest) async throws -> Plan {
        try await looking(at: request) { try await plan($0, on: $1) }
    }

    /// Says that nothing is left to do for a request, where the table alone tells so; nil if a plan is due.
    public func nothingToDo(_ request: ChangeRequest) async throws -> String? {
        try await looking(at: request) { try await $0.nothingToDo(on: $1) }
    }

    /// Starts a change, or goes on with it, through the named phase.
    public func start(_ request: ChangeRequest, through phase: String) async throws {
        let change: ChangeRecord? = try await withSession { session in
            let resolved = try await ResolvedRequest.resolve(request, on: session)
            let found = try await whileTableIsLocked(resolved.table.name) { () -> ChangeRecord? in
                try await known(resolved, on: session)
            }
            if let known = found { return known.state == .finished ? nil : known }
            // Of two who plan at once neither would see the other's change of the same column.
            try await takeTurn(resolved, on: session)
            return try await looking(at: request, of: resolved.table.name) { resolved, session in
                if let settled = try await settled(resolved, on: session) { return settled.change }
                return try await create(resolved, on: session)
            }
        }
        guard let change else {
            await report(.finished)
            return
        }
        guard change.state != .rollingBack else { throw Failure.isBeingRolledBack(change.name) }
        try await goOn(with: change, request, through: phase)
    }

    /// Takes over what a request sets of a change that there is, and takes it through the phase.
    func goOn(with change: ChangeRecord, _ request: ChangeRequest, through phase: String) async throws {
        try await adopt(request, change)
        try await advance(change, through: phase)
    }

    /// Takes over what can be set while a change runs, and refuses what had to be said at its start.
    private func adopt(_ request: ChangeRequest, _ change: ChangeRecord) async throws {
        guard change.plan.uniqueCopies || !request.options.uniqueCopies else {
            throw Failure(
                .refused,
                "the change \(change.name) was planned without --unique-copies",
                left: "Nothing was changed.",
                next: "Leave the option out, or roll the change back and start it again with it."
            )
        }
        guard !request.limits.isEmpty else { return }
        try await withSession { session in
            guard try await LedgerAccess.open(session) else { return }
            var newLimits = request.limits
            // Of the query that it has, what it reads may be gone for a while: then it holds.
            if newLimits.probe == change.controls.limits.probe { newLimits.throttleQuery = nil }
            try await Control.check(newLimits, on: session, parameters, as: change.plan.owner)
            _ = try await Ledger(session: session).set(change.id, limits: request.limits)
        }
    }

    /// Takes a change through the named phase, or through the next one.
    public func advance(_ reference: String, through phase: String?) async throws {
        let change = try await find(reference)
        guard change.state == .active else {
            if change.state == .finished, phase == nil || change.plan.phase(phase ?? "") != nil {
                await report(.finished)
                return
            }
            throw Failure(
                .refused,
                "the change \(change.name) is \(change.state.rawValue)",
                left: "Nothing was changed.",
                next: change.state == .rollingBack
                    ? "online-change rollback \(ShellWord(change.name))"
                    : "Start it anew with the command that began it."
            )
        }
        let next = change.plan.phase(after: change.phase)?.name
        try await advance(change, through: phase ?? next ?? "")
    }

    /// Undoes everything that a change has done.
    public func rollback(_ reference: String) async throws {
        let change = try await find(reference)
        guard change.state != .rolledBack else {
            await report(.rolledBack)
            return
        }
        let end = change.plan.outcome.afterTheEnd
        let noWayBack =
            change.plan.phases.count == 1
            ? Failure(
                .refused,
                "the change \(change.name) is finished: it was made in place, and there is no way back",
                left: "Nothing was changed.",
                next: "Undo it with another change."
            )
            : Failure(
                .refused,
                "the change \(change.name) is finished: \(end.state)",
                left: "Nothing was changed.",
                next: end.next
            )
        guard change.state != .finished else { throw noWayBack }
        try await hold(change) { try await PhaseRunner(context: $0).rollback(noWayBack: noWayBack) }
    }

    /// Compares both columns of a change now.
    ///
    /// - Throws: `Failure` of kind `data` if rows differ still.
    public func verify(_ reference: String, repair: Bool) async throws {
        let change = try await find(reference)
        let wording = change.plan.verification.wording ?? .columns
        guard change.state == .active, change.phase != nil else {
            throw Failure(
                .refused,
                "the change \(change.name) has \(wording.absence) now",
                left: "Nothing was changed.",
                next: "online-change status \(ShellWord(change.name))"
            )
        }
        try await hold(change) { context in
            var result = VerificationResult()
            for place in context.plan.columns.indices {
                let context = context.about(place)
                if place > 0 { await context.report(.notice("the same in \(context.column.table)")) }
                result.add(
                    try await VerificationRun(context: context, verification: context.verification())
                        .once(repairing: repair)
                )
            }
            guard result.remaining > 0 else { return }
            let areLocked = repair && result.unmendable == 0
            throw Failure(
                areLocked ? .notNow : .data,
                "\(Count.text(result.remaining)) of \(Count.text(result.rows)) \(wording.verdict)"
                    + (areLocked ? " and are locked by others" : repair ? ": \(wording.reason)" : ""),
                left: "Nothing was changed in them.",
                next: wording.remedy ?? "online-change verify \(ShellWord(change.name)) --repair"
            )
        }
    }

    // MARK: Parts

    private func advance(_ change: ChangeRecord, through phase: String) async throws {
        // A change that is one statement has its first phase alone, and is through all of them with that.
        let phase =
            change.plan.phase(phase) == nil && PhaseNames.all.contains(phase)
            ? change.plan.phases.last?.name ?? phase : phase
        guard change.plan.phase(phase) != nil else {
            throw Failure(
                .usage,
                "the recipe \(change.plan.recipe) has no phase '\(phase)'",
                left: "Nothing was changed.",
                next: "It has: \(change.plan.phases.map(\.name).joined(separator: ", "))."
            )
        }
        try await hold(change) { try await PhaseRunner(context: $0).advance(through: phase) }
    }

    func withSession<Result: Sendable>(_ body: (Session) async throws -> Result) async throws -> Result {
        try await reconnecting { connected in
            let session = try await Session.open(parameters)
            connected()
            do {
                let result = try await body(session)
                await session.close()
                return result
            } catch {
                await session.close()
                throw error
            }
        }
    }

    /// Looks at a request's table, and again while someone holds it so strongly that it can't be looked at.
    private func looking<Result: Sendable>(
        at request: ChangeRequest,
        _ body: (ResolvedRequest, Session) async throws -> Result
    ) async throws -> Result {
        let table = try await withSession { try await ResolvedRequest.resolve(request, on: $0).table.name }
        return try await looking(at: request, of: table, body)
    }

    private func looking<Result: Sendable>(
        at request: ChangeRequest,
        of table: QualifiedName,
        _ body: (ResolvedRequest, Session) async throws -> Result
    ) async throws -> Result {
        try await whileTableIsLocked(table) {
            try await withSession { try await body(try await ResolvedRequest.resolve(request, on: $0), $0) }
        }
    }

    private func find(_ reference: String) async throws -> ChangeRecord {
        try await withSession { session in
            guard try await LedgerAccess.open(session) else { throw Failure.noLedger(reference) }
            let ledger = Ledger(session: session)
            guard let change = try await ledger.change(reference) else {
                throw Failure.unknownChange(reference, among: try await ledger.names())
            }
            return change
        }
    }

    /// What a request has come to already: a change to go on with, or nothing that is left to do.
    private struct Settled {
        let change: ChangeRecord?
    }

    private func settled(_ resolved: ResolvedRequest, on session: Session) async throws -> Settled? {
        if let known = try await known(resolved, on: session) {
            return Settled(change: known.state == .finished ? nil : known)
        }
        guard let nothing = try await resolved.nothingToDo(on: session) else { return nil }
        await report(.notice(nothing))
        return Settled(change: nil)
    }

    /// Waits until nobody else plans a change of the table; the turn ends with the session.
    private func takeTurn(_ resolved: ResolvedRequest, on session: Session) async throws {
        let start = ContinuousClock.now
        while try await !Ledger(session: session).takeTurn(planning: resolved.table.oid) {
            guard (ContinuousClock.now - start).seconds < lockDeadline else {
                throw Failure(
                    .notNow,
                    "another runner is planning a change of \(resolved.table.name)",
                    left: "Nothing was changed.",
                    next: "Run the same command again."
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The unfinished change of that name, which must be the same change, or a finished one that did just this.
    private func known(_ resolved: ResolvedRequest, on session: Session) async throws -> ChangeRecord? {
        guard let change = try await recorded(resolved, on: session) else { return nil }
        let isSame =
            change.plan.tableOID == resolved.table.oid && change.plan.recipe == resolved.request.recipe.name
            && change.plan.arguments == resolved.arguments.byName
        if change.hasEnded {
            guard isSame, change.state == .finished else { return nil }
            let table = try await CatalogReader(session: session).snapshot(oid: resolved.table.oid, mentions: [])
            return change.plan.outcome.holds(in: table) ? change : nil
        }
        guard isSame else {
            throw Failure(
                .refused,
                "an unfinished change is called \(change.name) already: \(change.plan.recipe) of \(change.table)",
                left: "Nothing was changed.",
                next: "Finish or roll it back, or give this one another name with --name."
            )
        }
        return change
    }

    /// The change of that name that the ledger has, whatever it is.
    ///
    /// - Parameter isLooking: whether nothing may be touched, not even rights that its owner lacks.
    func recorded(
        _ resolved: ResolvedRequest,
        isLooking: Bool = false,
        on session: Session
    ) async throws -> ChangeRecord? {
        guard resolved.facts.canActAsOwner || resolved.facts.ownerMayUseLedger else { return nil }
        let owner = resolved.table.owner
        // Its owner gives itself back what it lacks; before preflight nobody else gets any right.
        if !isLooking, resolved.facts.ledgerOwner == owner, resolved.facts.canActAsOwner {
            let ledgerGuard = lockGuard(resolved.facts, observer: session)
            try await LedgerAccess.admit(session, facts: resolved.facts, owner: owner, lockGuard: ledgerGuard)
        }
        return try await LedgerAccess.looking(session, facts: resolved.facts, owner: owner) {
            try await LedgerAccess.open(session) ? try await Ledger(session: session).change(resolved.name) : nil
        }
    }

    private func plan(_ resolved: ResolvedRequest, on session: Session) async throws -> Plan {
        var unfinished: [ChangeRecord] = []
        if resolved.facts.ownerMayUseLedger, resolved.facts.canActAsOwner,
            try await LedgerAccess.state(session).isUsable
        {
            unfinished = try await Ledger(session: session).unfinishedChanges()
        }
        let plan = try await resolved.plan(
            on: session,
            lockGuard: lockGuard(resolved.facts, observer: session),
            unfinished: unfinished
        )
        try await Control.check(resolved.request.limits, on: session, parameters, as: plan.owner)
        return plan
    }

    /// Takes locks as this runner is told to, and reports what is waited for.
    func lockGuard(_ facts: ServerFacts, observer: Session) -> LockGuard {
        LockGuard(policy: lockPolicy(facts), observer: observer, report: report)
    }

    func lockPolicy(_ facts: ServerFacts) -> LockPolicy {
        LockPolicy(lockTimeout: lockTimeout, deadline: lockDeadline, deadlockTimeout: facts.deadlockTimeout)
    }

    private func create(_ resolved: ResolvedRequest, on session: Session) async throws -> ChangeRecord {
        let plan = try await plan(resolved, on: session)
        try await LedgerAccess.prepare(
            session,
            facts: resolved.facts,
            owner: resolved.table.owner,
            lockGuard: lockGuard(resolved.facts, observer: session),
            tool: Version.current
        )
        let ledger = Ledger(session: session)
        let change: ChangeRecord
        do {
            change = try await ledger.create(plan, limits: resolved.request.limits, tool: Version.current)
        } catch let error as PostgresError where error.state == .uniqueViolation {
            throw Failure(
                .notNow,
                "another runner has just started the change \(plan.change)",
                left: "Nothing was changed by this one.",
                next: "Run the same command again."
            )
        }
        await tellSubject(RunSubject(change))
        await report(.started(change: change.name, number: change.id))
        for finding in plan.findings {
            await report(.finding(finding))
        }
        return change
    }
}
