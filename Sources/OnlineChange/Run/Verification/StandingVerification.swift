import Postgres

/// The last comparison of a change, and whether `swap` may rely on it.
struct StandingVerification: Sendable {
    private let differences: Int
    /// Rows whose value the other column can't hold.
    private let unfit: Int
    /// The triggers' rows when it began.
    let triggers: TriggerMarks
    /// Transactions before this one were finished when the comparison ended: a snapshot that is newer sees no row
    /// that the backfill or a repair had not reached.
    let horizon: Int

    static func read(_ context: RunContext) async throws -> StandingVerification? {
        try await context.session.run(
            """
            SELECT differences, unfit, triggers, horizon FROM online_change.verification
            WHERE change_id = \(context.change.id) AND place = \(context.place) ORDER BY id DESC LIMIT 1
            """
        ).rows.first.map {
            StandingVerification(
                differences: try $0["differences"],
                unfit: try $0["unfit"],
                triggers: TriggerMarks(try $0["triggers"]),
                horizon: try $0["horizon"]
            )
        }
    }

    /// Throws if there is none, if it found differences, or if our triggers are not the same rows as when it began.
    ///
    /// Partitions that have come since are compared now.
    static func require(_ context: RunContext, _ verification: Verification) async throws -> StandingVerification {
        let again = "online-change verify \(ShellWord(context.change.name)) --repair"
        guard let standing = try await read(context) else {
            throw Failure(
                .refused,
                "no comparison of the two columns stands",
                left: "Nothing of this step was done.",
                next: again
            )
        }
        guard standing.differences == 0 else {
            throw Failure(
                .refused,
                "the last comparison found \(Count.text(standing.differences)) rows that differ",
                left: "Nothing of this step was done.",
                next: again
            )
        }
        guard standing.unfit == 0 else {
            throw Failure(
                .data,
                "the last comparison found \(Count.text(standing.unfit)) rows that the other column can't hold",
                left: "Nothing of this step was done.",
                next: again
            )
        }
        let now = try await TriggerMarks.read(verification, tableOID: context.column.tableOID, context.session)
        guard now.agree(with: standing.triggers, count: verification.triggers.count) else {
            throw touched(context.change.name)
        }
        guard now.relations.isSubset(of: standing.triggers.relations) else {
            await context.report(.notice("partitions have come since the last comparison: they are compared now"))
            try await VerificationRun(context: context, verification: verification)
                .untilClean(beside: standing.triggers)
            return try await require(context, verification)
        }
        return StandingVerification(differences: 0, unfit: 0, triggers: now, horizon: standing.horizon)
    }

    /// The triggers were touched since the comparison.
    static func touched(_ change: String) -> Failure {
        Failure(
            .refused,
            "the triggers that keep the columns equal were touched since the last comparison (disabled, or made anew)",
            left: "Nothing of this step was done.",
            next: "online-change verify \(ShellWord(change)) --repair"
        )
    }
}
