import Oracles
import Postgres

/// All that a command leaves: schema and rows, what the ledger says of the change, and what should be gone.
struct CrashOutcome: Sendable {
    let state: DatabaseState
    let ledger: [String]
    let leftovers: [String]

    static func read(_ parameters: ConnectionParameters) async throws -> CrashOutcome {
        let connection = try await Connection.open(parameters)
        let outcome = CrashOutcome(
            state: try await DatabaseState.read(connection),
            ledger: try await ledger(connection),
            leftovers: try await Leftovers.read(connection)
        )
        await connection.close()
        return outcome
    }

    func differences(from other: CrashOutcome) -> [String] {
        state.differences(from: other.state) + Self.changes(from: other.ledger, to: ledger, "ledger")
            + Self.changes(from: other.leftovers, to: leftovers, "left over")
    }

    /// Line by line, without what is another's in every run: times, processes, and how the work was cut into batches.
    private static func ledger(_ connection: Connection) async throws -> [String] {
        try await connection.run(
            """
            SELECT format('change %s: %s, %s, phase %s, ended %s, heartbeat %s, waiting %s, error %s, held %s', name, recipe,
                     state, phase, finished_at IS NOT NULL, heartbeat IS NOT NULL, waiting, error, held) AS line
            FROM online_change.change
            UNION ALL
            SELECT format('step %s: %s, %s is %s', position, phase, title, state) FROM online_change.step
            UNION ALL
            SELECT format('audit: %s of %s, %s times', what, statements, count(*)) FROM online_change.audit
            GROUP BY what, statements
            UNION ALL
            SELECT format('lane %s of %s: %s rows, visited %s of %s', number, relation::regclass, rows, visited,
                     stripes * (end_block - first_block))
            FROM online_change.backfill_lane
            UNION ALL
            SELECT format('measure of %s, end %s', position, is_end) FROM online_change.backfill_measure
            UNION ALL
            SELECT format('partition %s', relation::regclass) FROM online_change.partition
            UNION ALL
            SELECT format('part of %s compared', relation::regclass) FROM online_change.verified_part
            ORDER BY 1
            """
        ).rows.map { try $0["line"] }
    }

    private static func changes(from before: [String], to after: [String], _ what: String) -> [String] {
        Set(before).subtracting(after).sorted().map { "- \(what): \($0)" }
            + Set(after).subtracting(before).sorted().map { "+ \(what): \($0)" }
    }
}
