/// Weighs the pieces. Pure: the same evidence gives the same reasons.
struct EvidenceReasons {
    let writes: [Evidence.Writes]
    let quiet: Quiet
    let required: Double
    let statements: Evidence.Statements?
    let objects: [Evidence.Mention]
    let sessions: [Evidence.Session]
    let hiddenSessions: Int
    let prepared: [Blocker]

    /// What speaks against drop, the weightiest first.
    var all: [Evidence.Reason] {
        let found = inTheWay + written + running + read + perhaps
        let order: [Evidence.Reason.Weight] = [.inTheWay, .used, .perhaps]
        return order.flatMap { weight in found.filter { $0.weight == weight } }
    }

    private var inTheWay: [Evidence.Reason] {
        objects.filter(\.isInTheWay).map { object in
            Evidence.Reason(
                weight: .inTheWay,
                text: "\(object.object): \(object.text)",
                next: "Have it use the new name."
            )
        }
            + prepared.map {
                Evidence.Reason(
                    weight: .inTheWay,
                    text: "\($0.description) holds the table: drop would wait for it",
                    next: "COMMIT PREPARED or ROLLBACK PREPARED, by whoever prepared it."
                )
            }
    }

    private var written: [Evidence.Reason] {
        if let problem = quiet.problem {
            return [
                Evidence.Reason(
                    weight: .used,
                    text: "whether old releases still write can't be told: \(problem)",
                    next: nil
                )
            ]
        }
        guard let missing = quiet.missing(of: required), let seconds = quiet.seconds else { return [] }
        let hasWrites = writes.contains { $0.secondsAgo != nil }
        return [
            Evidence.Reason(
                weight: .used,
                text: hasWrites
                    ? "the last write of an old release came \(Seconds.text(seconds)) ago"
                    : "swap was \(Seconds.text(seconds)) ago: nothing has come since, but that is not long",
                next: "Wait \(Seconds.text(missing)) more: \(Seconds.text(required)) without one are asked for."
            )
        ]
    }

    private var running: [Evidence.Reason] {
        guard let first = sessions.first else { return [] }
        let others = sessions.count > 1 ? ", and \(Count.text(sessions.count - 1)) more" : ""
        return [
            Evidence.Reason(
                weight: .used,
                text: "\(first.text)\(others)",
                next: "See which release these sessions belong to (application_name, client address)."
            )
        ]
    }

    /// Statements that use the column for certain, and lately.
    private var read: [Evidence.Reason] {
        let named = certain.filter(isLate)
        guard let first = named.max(by: { $0.calls < $1.calls }) else { return [] }
        return [
            Evidence.Reason(
                weight: .used,
                text:
                    "\(Count.of(named.count, "statement")) of pg_stat_statements \(named.count == 1 ? "uses" : "use") it"
                    + "\(statements?.watchedSeconds.map { " and ran within the last \(Seconds.text($0))" } ?? " since swap"): "
                    + first.query,
                next: "Find the release that sends it. When it is gone, --watch 10m shows whether it still runs."
            )
        ]
    }

    private var certain: [Evidence.Statement] {
        statements?.found.filter { $0.basis == .server && !$0.isStar } ?? []
    }

    /// Whether a statement was run after swap, as far as that is known: seen running, or counted since then.
    private func isLate(_ statement: Evidence.Statement) -> Bool {
        statement.callsWatched.map { $0 > 0 } ?? statement.isSinceSwap
    }

    private var perhaps: [Evidence.Reason] {
        var reasons: [Evidence.Reason] = []
        func add(_ text: String, _ next: String?) {
            reasons.append(Evidence.Reason(weight: .perhaps, text: text, next: next))
        }
        let undated = certain.filter { $0.callsWatched == nil && !$0.isSinceSwap }
        if !undated.isEmpty {
            add(
                "\(Count.of(undated.count, "statement")) of pg_stat_statements may date from before swap",
                "Watch for a while whether they still run: --watch 10m; or pg_stat_statements_reset(), and look again later."
            )
        }
        let textual = statements?.found.filter { $0.basis == .text && $0.callsWatched != 0 } ?? []
        if !textual.isEmpty {
            add(
                "\(Count.of(textual.count, "statement")) of pg_stat_statements may mean it: the name stands in the text",
                nil
            )
        }
        let stars =
            statements?.found.filter { $0.isStar && $0.callsWatched != 0 && ($0.callsWatched != nil || $0.isSinceSwap) }
            ?? []
        if !stars.isEmpty {
            add(
                "\(Count.of(stars.count, "statement")) of pg_stat_statements \(stars.count == 1 ? "reads" : "read") all columns (*)",
                "Their results will lack it."
            )
        }
        let bodies = objects.filter { !$0.isInTheWay && $0.basis == .text }
        if !bodies.isEmpty { add("\(bodies.map(\.object).joined(separator: ", ")): the name stands in the body", nil) }
        if let problem = statements?.problem { add("statements were not seen: \(problem)", statements?.remedy) }
        if let left = statements?.leftOut, left > 0 {
            add("\(Count.text(left)) statements with the name were not looked at", nil)
        }
        if hiddenSessions > 0 {
            add(
                "this role may not see what \(Count.of(hiddenSessions, "session")) \(hiddenSessions == 1 ? "runs" : "run")",
                "GRANT pg_monitor."
            )
        }
        return reasons
    }
}

extension Evidence {
    /// Weighs what was found.
    init(
        number: Int,
        change: String,
        table: String,
        phase: String?,
        takenAt: String,
        swappedAt: String?,
        writes: [Writes],
        quiet: Quiet,
        requiredQuietSeconds: Double,
        statements: Statements?,
        objects: [Mention],
        sessions: [Session],
        hiddenSessions: Int,
        preparedTransactions: [Blocker],
        unfit: Unfit?,
        unseen: [String]
    ) {
        let reasons = EvidenceReasons(
            writes: writes,
            quiet: quiet,
            required: requiredQuietSeconds,
            statements: statements,
            objects: objects,
            sessions: sessions,
            hiddenSessions: hiddenSessions,
            prepared: preparedTransactions
        ).all
        self.init(
            number: number,
            change: change,
            table: table,
            phase: phase,
            takenAt: takenAt,
            swappedAt: swappedAt,
            writes: writes,
            quietSeconds: quiet.seconds,
            requiredQuietSeconds: requiredQuietSeconds,
            statements: statements,
            objects: objects,
            sessions: sessions,
            hiddenSessions: hiddenSessions,
            preparedTransactions: preparedTransactions,
            unfit: unfit,
            unseen: unseen,
            reasons: reasons,
            isQuiet: !reasons.contains { $0.weight != .perhaps }
        )
    }
}
