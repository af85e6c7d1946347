import Postgres

/// The last comparison of a change, and whether `swap` may rely on it.
struct StandingVerification: Sendable {
    private let differences: Int
    /// Rows whose value the other column can't hold.
    private let unfit: Int
    /// The triggers' rows when it began.
    let triggers: String
    /// Transactions before this one were finished when the comparison ended: a snapshot that is newer sees no row
    /// that the backfill or a repair had not reached.
    let horizon: Int

    static func read(_ context: RunContext) async throws -> StandingVerification? {
        try await context.session.run(
            """
            SELECT differences, unfit, triggers, horizon FROM online_change.verification
            WHERE change_id = \(context.change.id) ORDER BY id DESC LIMIT 1
            """
        ).rows.first.map {
            StandingVerification(
                differences: try $0["differences"],
                unfit: try $0["unfit"],
                triggers: try $0["triggers"],
                horizon: try $0["horizon"]
            )
        }
    }

    /// Throws if there is none, if it found differences, or if our triggers are not the same rows as when it began.
    static func require(_ context: RunContext, _ verification: Verification) async throws -> StandingVerification {
        let again = "online-change verify \(context.change.name) --repair"
        guard let standing = try await read(context) else {
            throw Failure(.refused, "no comparison of the two columns stands", next: again)
        }
        guard standing.differences == 0 else {
            throw Failure(.refused, "the last comparison found \(standing.differences) rows that differ", next: again)
        }
        guard standing.unfit == 0 else {
            throw Failure(
                .data,
                "the last comparison found \(standing.unfit) rows that the other column can't hold",
                next: again
            )
        }
        let now = try await TriggerMarks.read(verification, tableOID: context.plan.tableOID, context.session)
        guard now == standing.triggers, now.split(separator: "\n").count == verification.triggers.count else {
            throw touched(context.change.name)
        }
        return standing
    }

    /// The triggers were touched since the comparison.
    static func touched(_ change: String) -> Failure {
        Failure(
            .refused,
            "the triggers that keep the columns equal were touched since the last comparison (disabled, or made anew)",
            next: "online-change verify \(change) --repair"
        )
    }
}
