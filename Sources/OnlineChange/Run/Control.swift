import Postgres

/// Sets what can be set while a change runs, from any machine.
public enum Control {
    /// Sets what is given and leaves the rest; takes effect at the next batch.
    ///
    /// - Throws: `Failure.refused` if there is no such unfinished change, `.usage` for hours in an unknown time zone and
    ///   for a query that the server doesn't understand.
    public static func set(
        _ reference: String,
        on parameters: ConnectionParameters,
        isPaused: Bool? = nil,
        limits: Limits = [:],
        annotation: Annotation? = nil
    ) async throws -> ChangeStatus {
        let session = try await Session.open(parameters)
        do {
            try await set(reference, session, parameters, isPaused: isPaused, limits: limits, annotation)
            await session.close()
        } catch {
            await session.close()
            throw error
        }
        return try await ChangeStatus.read(parameters, change: reference)[0]
    }

    /// Refuses hours that could never be told and a query that could never be asked: the backfill would stand still for
    /// good.
    ///
    /// - Parameter owner: of the table; the query is asked as it.
    /// - Throws: `Failure.usage`.
    static func check(
        _ limits: Limits,
        on session: Session,
        _ parameters: ConnectionParameters,
        as owner: Identifier
    ) async throws {
        if let query = limits.probe {
            let probe = ThrottleProbe(parameters: parameters, owner: owner)
            let flaw = try await probe.flaw(of: query)
            await probe.close()
            if let flaw { throw flaw }
        }
        guard let hours = limits.hours, try await Throttle.minute(hours, on: session) == nil else { return }
        throw Failure(
            .usage,
            "the server knows no time zone '\(hours.zone ?? "")'",
            left: "Nothing was changed.",
            next: "SELECT name FROM pg_timezone_names lists those that it knows."
        )
    }

    private static func set(
        _ reference: String,
        _ session: Session,
        _ parameters: ConnectionParameters,
        isPaused: Bool?,
        limits: Limits,
        _ annotation: Annotation?
    ) async throws {
        guard try await LedgerAccess.open(session) else { throw Failure.noLedger(reference) }
        let ledger = Ledger(session: session)
        guard let change = try await ledger.change(reference) else {
            throw Failure.unknownChange(reference, among: try await ledger.names(unfinished: true))
        }
        try await check(limits, on: session, parameters, as: change.plan.owner)
        guard try await ledger.set(change.id, isPaused: isPaused, limits: limits) else {
            throw Failure(
                .refused,
                "the change \(change.name) is \(change.state.rawValue): no backfill is left to pause or tune",
                left: "Nothing was changed.",
                next: "online-change status"
            )
        }
        let words = [isPaused.map { $0 ? "paused" : "resumed" }, limits.isEmpty ? nil : limits.text]
        if let annotation { try await ledger.note(change.id, what: annotation.line) }
        try await ledger.note(change.id, what: words.compactMap { $0 }.joined(separator: ", "))
    }
}
