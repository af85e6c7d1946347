extension Event {
    /// The event as one or several lines for people; nil for what only a progress bar or a machine wants.
    ///
    /// - Parameter isVerbose: whether everything is told.
    public func text(isVerbose: Bool) -> String? {
        switch self {
        case .planned(let plan):
            plan.text
        case .started(let change, let number):
            "change \(number): \(change)"
        case .continued(let change, let phase):
            "\(change) goes on" + (phase.map { " after \($0)" } ?? "")
        case .applying(let file, let phase):
            "\n\(file) (through \(phase))"
        case .standsAlready(let change, let phase, let state):
            "  \(change): \(state == "finished" ? state : "\(phase ?? "") is reached"); left alone"
        case .finding(let finding):
            (finding.consequence == .note ? "note: " : "acknowledged: ") + "\(finding.object): \(finding.message)"
        case .phaseStarted(let phase, let summary):
            "\n\(phase): \(summary)"
        case .stepStarted(let title):
            isVerbose ? "  … \(title)" : nil
        case .stepFinished(let title, let seconds, let waited, let retries):
            "  ✓ \(title) (\(Seconds.text(seconds))\(Self.effort(waited, retries)))"
        case .stepUndone(let title):
            "  ↩ undone: \(title)"
        case .waitingForLock(let blockers, let seconds):
            "  waiting \(Seconds.text(seconds)) for an old transaction, not queueing behind it: \(Self.list(blockers))"
        case .lockNotObtained(let attempt, let blockers, let pause):
            isVerbose || attempt % 5 == 1
                ? "  lock not obtained (attempt \(attempt)); again in \(Seconds.text(pause))"
                    + (blockers.isEmpty ? "" : "; in the way: \(Self.list(blockers))")
                : nil
        case .waitingForSnapshots(let blockers, let seconds):
            "  waiting \(Seconds.text(seconds)) for a snapshot older than the backfill: \(Self.list(blockers))"
        case .progress:
            nil
        case .throttled(let reasons):
            "  held back: \(reasons.joined(separator: "; "))"
        case .released:
            "  going on"
        case .verified(let rows, let differences, let repaired):
            "  compared \(Count.text(rows)) rows: \(Count.text(differences)) differed"
                + (differences > 0 ? ", \(Count.text(repaired)) mended" : "")
        case .notice(let text):
            "  \(text)"
        case .reconnecting(let reason, let attempt):
            "  \(reason); connecting again (attempt \(attempt))"
        case .phaseReached(let phase, let gate, let next):
            (["\(phase) reached."] + (gate?.lines() ?? []) + Self.next(next, besides: gate)).joined(separator: "\n")
        case .rolledBack:
            "rolled back: the table is as it was"
        case .finished:
            "finished: nothing is left to do"
        }
    }

    private static func effort(_ waited: Double, _ retries: Int) -> String {
        guard retries > 0 || waited >= 0.5 else { return "" }
        return ", waited \(Seconds.text(waited)), \(retries) \(retries == 1 ? "retry" : "retries")"
    }

    private static func next(_ command: String?, besides gate: Gate?) -> [String] {
        guard let command, gate?.next == nil else { return [] }
        return ["  next    \(command)"]
    }

    private static func list(_ blockers: [Blocker]) -> String {
        blockers.map(\.description).joined(separator: "; ")
    }
}

/// Numbers as people read them.
public enum Count {
    /// `1,000,000`.
    public static func text(_ number: Int) -> String {
        let digits = String(abs(number))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }
}

extension Progress {
    /// `backfill  42.0 %  420,000 rows  310,000/s  2 s left`
    public var text: String {
        var parts = [activity, "\((fraction * 1000).rounded() / 10) %"]
        if rows > 0 { parts.append("\(Count.text(rows)) rows") }
        if rate >= 1 { parts.append("\(Count.text(Int(rate)))/s") }
        if let remaining, fraction < 1 { parts.append("\(Seconds.text(remaining)) left") }
        return parts.joined(separator: "  ")
    }
}
