import Postgres

/// Sets what can be set while a change runs, from any machine.
public enum Control {
    /// Sets what is given and leaves the rest; takes effect at the next batch.
    ///
    /// - Throws: `Failure.refused` if there is no such unfinished change.
    public static func set(
        _ reference: String,
        on parameters: ConnectionParameters,
        isPaused: Bool? = nil,
        batchTime: Int? = nil,
        workers: Int? = nil,
        lagLimit: Int? = nil
    ) async throws -> ChangeStatus {
        let session = try await Session.open(parameters)
        do {
            try await set(
                reference,
                session,
                isPaused: isPaused,
                batchTime: batchTime,
                workers: workers,
                lagLimit: lagLimit
            )
            await session.close()
        } catch {
            await session.close()
            throw error
        }
        return try await ChangeStatus.read(parameters, change: reference)[0]
    }

    private static func set(
        _ reference: String,
        _ session: Session,
        isPaused: Bool?,
        batchTime: Int?,
        workers: Int?,
        lagLimit: Int?
    ) async throws {
        let unknown = Failure(.refused, "there is no unfinished change '\(reference)'", next: "online-change status")
        guard try await LedgerAccess.open(session) else { throw unknown }
        let ledger = Ledger(session: session)
        guard let change = try await ledger.change(reference),
            try await ledger.set(
                change.id,
                isPaused: isPaused,
                batchTime: batchTime,
                workers: workers,
                lagLimit: lagLimit
            )
        else { throw unknown }
        let words = [
            isPaused.map { $0 ? "paused" : "resumed" }, batchTime.map { "batch time \($0) ms" },
            workers.map { "\($0) workers" }, lagLimit.map { "lag limit \(Bytes.text($0))" },
        ]
        try await ledger.note(change.id, what: words.compactMap { $0 }.joined(separator: ", "))
    }
}
