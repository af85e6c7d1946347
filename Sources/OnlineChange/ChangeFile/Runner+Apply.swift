import Postgres

extension Runner {
    /// Starts the change of a file, or goes on with it, through a phase; leaves alone what is reached. Never goes back.
    ///
    /// - Parameters:
    ///   - isAgain: whether to begin anew a change that was rolled back.
    ///   - confirm: called before anything is done.
    /// - Throws: `Failure.refused` if a change of its name was begun with other arguments or was rolled back.
    public func apply(
        _ request: ChangeRequest,
        through phase: String,
        isAgain: Bool = false,
        confirm: () throws -> Void = {}
    ) async throws {
        let (decision, change) = try await decide(request, through: phase, isAgain: isAgain)
        switch decision {
        case .leave:
            break
        case .refuse(let failure):
            throw failure
        case .begin:
            try confirm()
            try await start(request, through: phase)
        case .goOn:
            try confirm()
            if let change { try await goOn(with: change, request, through: phase) }
        }
    }

    /// What applying would do: the plan of a change that would begin, or a word of what is there; touches nothing.
    public func rehearse(_ request: ChangeRequest, through phase: String, isAgain: Bool = false) async throws {
        let (decision, change) = try await decide(request, through: phase, isAgain: isAgain, isLooking: true)
        switch decision {
        case .leave: break
        case .refuse(let failure): throw failure
        case .begin: await report(.planned(try await plan(request)))
        case .goOn:
            let reached = change?.phase.map { "\($0) is reached" } ?? "it is begun"
            await report(.notice("\(reached); it would go on through \(phase)"))
        }
    }

    private func decide(
        _ request: ChangeRequest,
        through phase: String,
        isAgain: Bool,
        isLooking: Bool = false
    ) async throws -> (ApplyDecision, ChangeRecord?) {
        try await withSession { session in
            let wanted = try ChangeSubject(request)
            guard let resolved = try await ResolvedRequest.find(request, on: session) else {
                // The table may have got another name, or be gone, since the change was finished.
                guard let change = try await done(wanted, name: request.name, on: session) else {
                    throw try await ResolvedRequest.missing(request.table, on: session)
                }
                await report(.standsAlready(change: change.name, phase: change.phase, state: change.state.rawValue))
                return (.leave, change)
            }
            let found = try await recorded(resolved, isLooking: isLooking, on: session)
            guard let found else {
                guard let sentence = try await resolved.standsAlready(on: session) else { return (.begin, nil) }
                await report(.notice(sentence))
                return (.leave, nil)
            }
            var subject = wanted
            subject.schema = resolved.table.name.schema
            let decision = ApplyDecision(
                subject,
                of: resolved.table.oid,
                known: KnownChange(found),
                through: phase,
                isAgain: isAgain
            )
            if decision == .leave {
                // Whoever is told so deploys what relies on it.
                guard try await !Throttle.mayForget(session) else { throw Failure.mayBeForgotten(found.name) }
                await report(
                    .standsAlready(change: found.name, phase: found.phase, state: found.state.rawValue)
                )
            }
            return (decision, found)
        }
    }

    /// The finished change that did just this to a table of that name.
    private func done(_ wanted: ChangeSubject, name: String?, on session: Session) async throws -> ChangeRecord? {
        guard try await LedgerAccess.open(session) else { return nil }
        return try await Ledger(session: session).changes().first { change in
            change.state == .finished && name.map { $0 == change.name } ?? true
                && wanted.differences(from: ChangeSubject(change.plan)).isEmpty
        }
    }
}

extension Failure {
    fileprivate static func mayBeForgotten(_ change: String) -> Failure {
        Failure(
            .notNow,
            "\(change): \(Throttle.noSynchronousStandby), and what is reached lasts only once one is",
            left: "Nothing was changed.",
            next: "Run the same command again when a standby is back."
        )
    }
}
