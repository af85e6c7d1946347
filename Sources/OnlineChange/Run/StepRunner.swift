import Postgres

/// Performs the steps of a plan and writes down, together with each, that it is done.
struct StepRunner: Sendable {
    let context: RunContext

    /// Performs a step.
    func perform(_ step: Step, _ mark: StepMark) async throws {
        await context.report(.stepStarted(title: step.title))
        let start = ContinuousClock.now
        let effort = try await act(step.action, mark, becoming: "done")
        await context.report(
            .stepFinished(
                title: step.title,
                seconds: (ContinuousClock.now - start).seconds,
                waited: effort.waited,
                retries: effort.retries
            )
        )
    }

    /// Undoes a step that is done or was begun.
    func undo(_ step: Step, _ mark: StepMark) async throws {
        if let undo = step.undo {
            for action in step.undoPreparation { try await prepareUndo(action) }
            try await act(undo, mark, becoming: "undone")
            await context.report(.stepUndone(title: step.title))
        } else {
            try await context.ledger.end(mark, state: "undone", statements: "", effort: .init())
        }
    }

    @discardableResult
    private func act(_ action: Action, _ mark: StepMark, becoming state: String) async throws -> LockGuard.Effort {
        if case .transaction(let transaction) = action {
            return try await run(transaction, mark, state)
        }
        // Without a transaction of its own the intent is written first, so that what a crash left can be told apart.
        if state == "done" { try await context.ledger.begin(mark) }
        let start = ContinuousClock.now
        try await perform(action, position: mark.position)
        var effort = LockGuard.Effort()
        effort.waited = (ContinuousClock.now - start).seconds
        try await context.ledger.end(
            mark,
            state: state,
            statements: action.statements.map(\.text).joined(separator: ";\n"),
            effort: effort
        )
        return LockGuard.Effort()
    }

    /// Does what the undo needs; the ledger has no row for it, for it can be done again.
    private func prepareUndo(_ action: Action) async throws {
        guard case .transaction(let transaction) = action else { return try await perform(action, position: 0) }
        for condition in transaction.conditions { _ = try await require(condition) }
        try await context.lockGuard.run(transaction, on: context.session)
    }

    /// Performs what no transaction of ours can hold.
    private func perform(_ action: Action, position: Int) async throws {
        switch action {
        case .transaction: break
        case .buildIndex(let build): try await IndexBuilder(context: context).build(build)
        case .buildPartitionedIndex(let build):
            try await PartitionedIndexBuilder(context: context, build: build).run()
        case .copyPartitionIndexes(let copies):
            try await PartitionIndexCopier(context: context, copies: copies).run()
        case .buildKeyIndexes(let build): try await KeyIndexBuilder(context: context, build: build).run()
        case .dropIndex(let index): try await IndexBuilder(context: context).drop(index)
        case .vacuum(let table): try await IndexBuilder(context: context).vacuum(table)
        case .verify(let verification):
            try await tellingRefusedRows {
                try await VerificationRun(context: context, verification: verification, position: position).untilClean()
            }
        case .backfill(let backfill):
            try await tellingRefusedRows {
                try await BackfillRun(context: context, backfill: backfill, position: position).run()
            }
        case .validate(let validation): try await validate(validation)
        }
    }

    /// Makes a failure of kind `data` of what the server says about a fill expression or the values that it gives, or
    /// about a row that broke a constraint before.
    private func tellingRefusedRows(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as PostgresError {
            if let failure = try await RefusedRow(context: context).failure(error) { throw failure }
            guard context.plan.fill != nil, case .server(let server) = error, !error.isLockTrouble,
                server.state != .insufficientPrivilege
            else { throw error }
            throw Failure(
                .data,
                "the fill expression fails for a row: \(server.description)",
                left: "What was filled stays. Writes for which it fails are stored with NULL.",
                next:
                    "Give these rows a value and run the same command again, or roll the change back and start it with "
                    + "another expression."
            )
        }
    }

    /// Where the server finds a row that breaks the constraint, a pass of our own names its key.
    private func validate(_ validation: ConstraintValidation) async throws {
        do {
            try await IndexBuilder(context: context).validate(validation)
        } catch let error as PostgresError {
            guard [.checkViolation, .notNullViolation].contains(error.state) else { throw error }
            let verification = try await context.verification()
            let result = try await VerificationRun(context: context, verification: verification).once(repairing: false)
            let verdict = (verification.wording ?? .columns).verdict
            throw Failure(
                .data,
                result.remaining == 0
                    ? "a row breaks what is to hold: \(error)"
                    : "\(Count.text(result.remaining)) \(verdict): \(result.keys.joined(separator: " | "))",
                left: "The server refuses new ones, and an UPDATE of these rows that leaves them so.",
                next: "Give these rows a value, then run the same command again; or: "
                    + "online-change rollback \(ShellWord(context.change.name))"
            )
        }
    }

    private func run(
        _ transaction: GuardedTransaction,
        _ mark: StepMark,
        _ state: String
    ) async throws -> LockGuard.Effort {
        let statements = Action.transaction(transaction).statements.map(\.text).joined(separator: ";\n")
        // A partition may come between the look at it and the lock; the next look takes it in, or finds what is wrong.
        let start = ContinuousClock.now
        while true {
            var assertions: [SQL] = []
            for condition in transaction.conditions {
                assertions += try await require(condition)
            }
            if state == "done", context.plan.phase(mark.phase)?.isFinal == true {
                assertions += try await QuietCheck(context: context).assertions()
            }
            do {
                return try await context.lockGuard.run(
                    transaction,
                    on: context.session,
                    assertions: assertions,
                    record: { [mark.ended(state: state, statements: statements, effort: $0)] }
                )
            } catch let error as PostgresError where error.state == .assertionFailed {
                guard (ContinuousClock.now - start).seconds < context.lockGuard.policy.deadline else {
                    throw Failure(
                        .notNow,
                        "each time that the locks were held, a partition had come, our triggers had been touched or an old "
                            + "release had written since the last look",
                        left: "Nothing of this step was done; what was done before it stands.",
                        next: "Run the same command again."
                    )
                }
            }
        }
    }

    /// Looks whether a condition holds, and waits for what only time can bring. No lock is held yet.
    ///
    /// - Returns: statements that look again once the locks are held.
    private func require(_ condition: Condition) async throws -> [SQL] {
        switch condition {
        case .verified:
            var assertions: [SQL] = []
            var horizon = 0
            for place in context.plan.columns.indices {
                let context = context.about(place)
                let verification = try await context.verification()
                let standing = try await StandingVerification.require(context, verification)
                horizon = max(horizon, standing.horizon)
                assertions.append(standing.triggers.assertion(verification, tableOID: context.column.tableOID))
            }
            try await OldSnapshots.wait(context, horizon: horizon)
            try await FingerprintCheck(context: context).requireUnaltered()
            return assertions
        case .comesBack:
            for place in context.plan.columns.indices {
                let context = context.about(place)
                try await VerificationRun(context: context, verification: context.column.verificationAfterSwap)
                    .mustFit()
            }
        case .keyIndexes(let build):
            try await KeyIndexBuilder(context: context, build: build).run()
        case .triggerBodiesKnow(let from, let to):
            try await requireBodies { TriggerBodyCheck.beforeSwap($0, from: from, to: to) }
        case .triggerBodiesForgot(let legacy):
            try await requireBodies { TriggerBodyCheck.beforeDrop($0, legacy: legacy) }
        }
        return []
    }

    private func requireBodies(_ check: ([Routine]) -> [Finding]) async throws {
        let column = context.column
        let routines = try await CatalogReader(session: context.session)
            .routines(oid: column.tableOID, mentions: column.names.all)
        try Preflight.enforce(check(routines), acknowledged: context.acknowledged)
    }
}

extension Action {
    /// What is sent to the server, as far as it can be told beforehand.
    public var statements: [SQL] {
        switch self {
        case .transaction(let transaction): transaction.preparation + transaction.statements
        case .buildIndex(let build): LookupPath.around(build.statement, build.lookup ?? [], isLocal: false)
        case .buildPartitionedIndex(let build): build.statements
        case .copyPartitionIndexes(let copies): copies.statements
        case .buildKeyIndexes(let build): build.statements
        case .dropIndex(let index): ["DROP INDEX CONCURRENTLY IF EXISTS \(index)"]
        case .validate(let validation):
            ["ALTER TABLE \(validation.table) VALIDATE CONSTRAINT \(validation.constraint)"]
        case .vacuum(let table): ["VACUUM (ANALYZE, TRUNCATE false) \(table)"]
        case .backfill(let backfill):
            [
                """
                UPDATE \(backfill.table) AS t SET \(backfill.assignment)
                WHERE ctid >= '(first,0)' AND ctid < '(last,0)' AND \(backfill.stripe) AND \(backfill.unsynced)
                """,
                BackfillVacuum.statement(backfill.table),
            ]
        case .verify(let verification):
            [
                """
                SELECT count(*), count(*) FILTER (WHERE \(verification.differs))
                FROM \(verification.table) WHERE ctid >= '(first,0)' AND ctid < '(last,0)'
                """
            ]
        }
    }
}
