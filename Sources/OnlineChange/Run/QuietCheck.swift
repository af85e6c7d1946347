import Postgres

/// Before the legacy column is dropped: whether old releases have stopped writing for as long as was asked for.
struct QuietCheck: Sendable {
    let context: RunContext

    /// Looks, and writes into the audit trail on what drop went ahead. Before anything of drop is done.
    ///
    /// - Throws: `Failure.refused` if it has not been quiet for so long, unless that is forced.
    func require() async throws {
        guard let demand, let looked = try await look() else { return }
        let refusal = refusal(demand, looked.quiet, try await possible(looked))
        if let refusal, !demand.isForced { throw refusal }
        let words = looked.writes.map(\.report.text).joined(separator: "; ")
        if let refusal {
            await context.report(.notice("drop is forced although \(refusal.message)"))
            try await context.ledger.note(
                context.change.id,
                what:
                    "drop forced although \(refusal.message); \(Seconds.text(demand.seconds)) were asked for; \(words)"
            )
        } else {
            try await context.ledger.note(
                context.change.id,
                what:
                    "drop: quiet for \(Seconds.text(looked.quiet.seconds ?? 0)), \(Seconds.text(demand.seconds)) were "
                    + "asked for; \(words)"
            )
        }
    }

    /// Looks again right before the lock is asked for.
    ///
    /// - Returns: statements that fail if something has been written between this look and the lock.
    func assertions() async throws -> [SQL] {
        guard let demand, !demand.isForced, let looked = try await look() else { return [] }
        if let refusal = refusal(demand, looked.quiet, try await possible(looked)) { throw refusal }
        return looked.writes.compactMap { write in
            write.counter.flatMap { counter in write.counted.map { counter.assertion($0) } }
        }
    }

    private var demand: QuietDemand? {
        // What was made in place has nothing that could still be written to.
        context.plan.phases.count > 1 ? context.quiet : nil
    }

    private typealias Looked = (writes: [WriteEvidence.Counted], quiet: Quiet)

    /// What is counted of the columns that are not dropped yet; nil if none is left.
    private func look() async throws -> Looked? {
        let plan = context.plan
        let states = try await context.ledger.steps(context.change.id)
        let dropped = plan.steps.filter { step in
            states[step.position] == "done" && plan.phase(step.phase)?.isFinal == true
        }.map(\.step.column)
        let writes = try await WriteEvidence(
            session: context.session,
            plan: plan,
            isSwapped: plan.isSwapped(states)
        ).read().filter { !dropped.contains($0.place) }
        guard dropped.isEmpty || !writes.isEmpty else { return nil }
        let moment = try await SwapMoment.read(context.change, on: context.session)
        return (writes, Quiet(writes.map(\.report), swappedAgo: moment.secondsAgo))
    }

    /// The moment from which it will have been quiet for long enough, by the server's clock; nil if it has been.
    private func possible(_ looked: Looked) async throws -> String? {
        guard let demand, let missing = looked.quiet.missing(of: demand.seconds) else { return nil }
        return try await context.session.value(
            "SELECT to_char(clock_timestamp() + make_interval(secs => \(missing + 1)), 'YYYY-MM-DD HH24:MI:SS TZ')"
        )
    }

    private func refusal(_ demand: QuietDemand, _ quiet: Quiet, _ possible: String?) -> Failure? {
        let forcing = "or, knowing this, add --yes --force"
        if let problem = quiet.problem {
            return Failure(
                .refused,
                "whether old releases still write can't be told: \(problem)",
                left: Self.left,
                next: "Mend that and run the same command again; \(forcing)."
            )
        }
        guard let seconds = quiet.seconds, let possible else { return nil }
        return Failure(
            .refused,
            "it has been quiet for \(Seconds.text(seconds)) only: no write of an old release may have come for "
                + Seconds.text(demand.seconds),
            left: Self.left,
            next: "If none comes, run the same command again from \(possible) on; \(forcing). "
                + "What it rests on: online-change evidence \(ShellWord(context.change.name))"
        )
    }

    private static let left = "Nothing of drop was done: old releases can go on."
}
