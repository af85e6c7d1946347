import Postgres

extension Runner {
    /// Runs `body` as the only runner of a change, and again from the ledger's state whenever the connection breaks.
    ///
    /// - Throws: `Failure.notNow` if another runner has the change, `.unreachable` if the server stays away.
    func hold(_ change: ChangeRecord, _ body: (RunContext) async throws -> Void) async throws {
        var hadIt = false
        var note = annotation
        let approval = ask.map { Approval(ask: $0) }
        await tellSubject(RunSubject(change))
        try await whileTableIsLocked(change.plan.table) {
            try await reconnecting(wasConnected: true) { connected in
                try await holdOnce(change, approval, isRetry: hadIt) { context in
                    if let said = note { try await context.ledger.note(change.id, what: said.line) }
                    note = nil
                    try await body(context)
                } connected: {
                    connected()
                    hadIt = true
                }
            }
        }
    }

    /// Runs `body`, and again while someone holds a table so strongly that it can't even be looked at, up to the deadline.
    func whileTableIsLocked<Value>(_ table: QualifiedName, _ body: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        while true {
            do {
                return try await body()
            } catch let error as PostgresError where error.state == .lockNotAvailable {
                let waited = (ContinuousClock.now - start).seconds
                let lock = TableLock(table: table, mode: .accessExclusive, reason: "the table is looked at")
                let blockers = try await withSession { try await Blocker.holding([lock], on: $0) }
                guard waited < lockDeadline else {
                    throw Failure(
                        .notNow,
                        "table \(table) can't be looked at: "
                            + (blockers.isEmpty
                                ? error.description : blockers.map(\.description).joined(separator: "; ")),
                        left: "What was committed stands.",
                        next:
                            "Run the same command again when the table is quieter, or give it longer with --lock-deadline."
                    )
                }
                await report(.waitingForLock(blockers: blockers, seconds: waited))
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Runs `body`, and again whenever a connection that had stood breaks, until the server has stayed away too long.
    ///
    /// - Parameters:
    ///   - wasConnected: whether this command has reached the server already. What never answered is not waited for.
    ///   - policy: how long to try.
    ///   - body: calls `connected` as soon as it has a connection.
    func reconnecting<Value>(
        wasConnected: Bool = false,
        policy: ReconnectPolicy = ReconnectPolicy(),
        _ body: (_ connected: () -> Void) async throws -> Value
    ) async throws -> Value {
        var wasConnected = wasConnected
        var attempt = 0
        var losses = 0
        var lostAt: ContinuousClock.Instant?
        while true {
            var connectedAt: ContinuousClock.Instant?
            do {
                return try await body {
                    wasConnected = true
                    connectedAt = .now
                }
            } catch let error as PostgresError where error.isConnectionTrouble && (wasConnected || error.wasConnected) {
                // A connection that goes as soon as it is made is no sign that the server is back.
                if let connectedAt, ContinuousClock.now - connectedAt > .seconds(5) {
                    attempt = 0
                    lostAt = nil
                }
                let since = lostAt ?? .now
                lostAt = since
                losses += 1
                let elapsed = (ContinuousClock.now - since).seconds
                guard losses <= policy.losses, let pause = policy.pause(afterAttempt: attempt, elapsed: elapsed) else {
                    throw Failure(
                        .unreachable,
                        error.description,
                        left: "What was committed stands, and the position with it.",
                        next: "Run the same command again when the server is back and has room for a few sessions."
                    )
                }
                attempt += 1
                await report(.reconnecting(reason: error.description, attempt: attempt))
                try await Task.sleep(for: .seconds(pause))
            }
        }
    }

    private func holdOnce(
        _ change: ChangeRecord,
        _ approval: Approval?,
        isRetry: Bool,
        _ body: (RunContext) async throws -> Void,
        connected: () -> Void
    ) async throws {
        let session = try await Session.open(parameters)
        do {
            var context = try await take(change, session, isRetry: isRetry)
            context.approval = approval
            connected()
            do {
                try await body(context)
                await release(context, error: nil)
            } catch {
                await release(context, error: Failure(error).message)
                throw error
            }
        } catch {
            await session.close()
            throw error
        }
    }

    private func take(_ change: ChangeRecord, _ session: Session, isRetry: Bool) async throws -> RunContext {
        let table = RelationReference(oid: change.plan.tableOID, name: change.plan.table, owner: change.plan.owner)
        let facts = try await ServerFacts.read(session, table: table)
        try requirePrimary(facts, isRetry: isRetry)
        guard facts.canActAsOwner else {
            throw Failure(
                .privilege,
                "only \(table.owner), who owns \(table.name), can go on with this change",
                left: "Nothing was changed.",
                next: "Connect as \(table.owner) or as a superuser."
            )
        }
        for column in change.plan.columns {
            let table = RelationReference(oid: column.tableOID, name: column.table, owner: table.owner)
            try await requireOwner(table, session)
        }
        try await session.secure(as: table.owner)
        try await LedgerAccess.admit(
            session,
            facts: facts,
            owner: table.owner,
            lockGuard: lockGuard(facts, observer: session)
        )
        let ledger = Ledger(session: session)
        try await requireKnown(change, ledger)
        try await TableNames.require(change.plan, on: session)
        let epoch = try await obtain(ledger, change, isRetry: isRetry)
        let keepsSamples = try await LedgerAccess.upgrade(
            session,
            facts: facts,
            owner: table.owner,
            lockGuard: lockGuard(facts, observer: session),
            tool: Version.current
        )
        let report = report
        let observer = try await Session.open(parameters)
        try await observer.secure(as: nil)
        let lockGuard = LockGuard(policy: lockPolicy(facts), observer: observer) { event in
            // Waiting for a lock is a sign of life too; a failure to say so shows at the next statement.
            try? await ledger.beat(change.id, epoch: epoch, waiting: event.waitingText)
            await report(event)
        }
        return RunContext(
            session: session,
            observer: observer,
            parameters: parameters,
            change: try await ledger.reload(change.id),
            epoch: epoch,
            facts: facts,
            lockGuard: lockGuard,
            acknowledged: acknowledged,
            report: report,
            quiet: quiet,
            keepsSamples: keepsSamples
        )
    }

    /// A standby that answers in place of the primary may be promoted yet: while that is likely, it counts as away.
    private func requirePrimary(_ facts: ServerFacts, isRetry: Bool) throws {
        guard facts.isInRecovery else { return }
        let reason = "the server that answers is a standby and can't be written to"
        guard !isRetry else { throw PostgresError.cannotConnect(reason) }
        throw Failure(
            .refused,
            reason,
            left: "Nothing was changed.",
            next: "Connect to the primary, or add target_session_attrs=read-write to a multi-host --dsn."
        )
    }

    /// A standby that was promoted before it had all of the former primary's WAL may not know the change, or have given
    /// its number to another one.
    private func requireKnown(_ change: ChangeRecord, _ ledger: Ledger) async throws {
        if try await LedgerAccess.state(ledger.session).isUsable, let found = try await ledger.find(change.id),
            found.name == change.name, found.plan == change.plan
        {
            return
        }
        throw Failure(
            .notNow,
            "the ledger of this server does not have the change \(change.name): it was begun on another server, or on one "
                + "whose last transactions were lost",
            left: "Nothing was changed on this one.",
            next: "Run the command that began the change again; here it begins anew."
        )
    }

    /// What the change has made belongs to the role that owned the table when it began.
    private func requireOwner(_ table: RelationReference, _ session: Session) async throws {
        let owner: String? = try await session.run(
            "SELECT pg_get_userbyid(relowner) AS owner FROM pg_catalog.pg_class WHERE oid = \(table.oid)::oid"
        ).rows.first.map { try $0["owner"] }
        guard let owner, owner != table.owner.name else { return }
        throw Failure(
            .refused,
            "table \(table.name) belongs to \(owner) now; the change was begun as \(table.owner), who owns what it made",
            left: "Nothing was changed.",
            next: "ALTER TABLE \(table.name.quoted) OWNER TO \(table.owner.quoted); until the change is finished or "
                + "rolled back."
        )
    }

    /// After a lost connection the server may still be ending, or even committing, what the old session had begun. Its
    /// lock goes with it, so whoever has the lock knows that the ledger tells the truth. A runner that was killed just
    /// now gets the same grace, for it can't be told from one that lives.
    private func obtain(_ ledger: Ledger, _ change: ChangeRecord, isRetry: Bool) async throws -> Int {
        let start = ContinuousClock.now
        while true {
            if let epoch = try await ledger.take(change.id) { return epoch }
            guard (ContinuousClock.now - start).seconds < (isRetry ? 60 : 2) else {
                let holder = try await ledger.holder(change.id) ?? "another session"
                throw Failure(
                    .notNow,
                    "another runner has the change \(change.name): \(holder)",
                    left: "Nothing was changed by this one.",
                    next: "online-change status \(ShellWord(change.name))"
                )
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Writes down how the run ended, also when this task has been cancelled.
    private func release(_ context: RunContext, error: String?) async {
        await Task {
            await context.observer.close()
            await context.session.rollback()
            try? await context.ledger.release(context.change.id, epoch: context.epoch, error: error)
            await context.session.close()
        }.value
    }
}

extension PostgresError {
    /// Whether the server could not be reached or was lost.
    var isConnectionTrouble: Bool {
        switch self {
        case .cannotConnect, .connectionLost: true
        default: state == .tooManyConnections
        }
    }

    /// Whether there had been a connection.
    var wasConnected: Bool {
        if case .connectionLost = self { true } else { false }
    }
}

extension Event {
    /// What is waited for, in words, if the event says so.
    var waitingText: String? {
        switch self {
        case .waitingForLock(let blockers, _), .lockNotObtained(_, let blockers, _):
            "lock: " + blockers.map(\.description).joined(separator: "; ")
        default: nil
        }
    }
}
