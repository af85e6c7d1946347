import Postgres

extension ReportDocument {
    /// The report as text.
    public var text: String {
        var lines = [
            status.change,
            "change \(status.number) of \(status.table), \(recipe) (\(arguments.joined(separator: ", ")))",
            "made \(made)", "",
        ]
        lines += facts.map { "  \(DisplayText.padded($0.name, to: 11)) \($0.text)" }
        for phase in phases {
            lines += ["", "\(phase.name): \(phase.state). \(phase.summary)"]
            lines += phase.steps.map { step in
                let took = step.seconds.map { ", \(Self.duration($0))" } ?? ""
                let waited = step.waitText.isEmpty ? "" : ", waited for locks \(step.waitText)"
                return
                    "  \(step.title): \(step.state ?? "ahead")\(step.begunAt.map { ", \($0)" } ?? "")\(took)\(waited)"
            }
        }
        if !locks.isEmpty {
            lines += ["", "Locks asked for"]
            lines += locks.map { "  \($0.phase): \($0.mode) on \($0.table) (\($0.step)): \($0.reason)" }
        }
        if !comparisons.isEmpty {
            lines += ["", "Rows compared"]
            lines += comparisons.map {
                "  \($0.at) \($0.table): \(Count.text($0.rows)) rows, \(Count.text($0.differences)) differed, "
                    + "\(Count.text($0.repaired)) mended, \(Count.text($0.unfit)) don't fit, \(Self.duration($0.seconds))"
            }
        }
        lines += ["", "Use of the old name"] + evidence.map { "  \($0)" }
        lines += ["", "Who did what"]
        lines += audit.map { "  \($0.at) \($0.actor), \($0.origin): \($0.what)" }
        return lines.map { DisplayText.printable(Secrets.hidden(in: $0)) }.joined(separator: "\n")
    }

    /// What matters most, by name.
    var facts: [(name: String, text: String)] {
        var facts: [(String, String)] = [("State", status.headline)]
        if let progress = status.progress {
            facts.append(("Progress", "\(progress.activity) \(Numbers.short(progress.fraction * 100)) %"))
        }
        if let total = backfillTotal {
            let rate = total.rate.map { ", \(Count.text(Int($0))) rows a second" } ?? ""
            facts.append(
                ("Backfill", "\(Count.text(total.rows)) rows in \(Self.duration(total.worked)) of work\(rate)")
            )
            if let time = total.batchTime {
                facts.append(("Batches", "\(Count.text(total.batches)), \(Numbers.short(time * 1000)) ms each"))
            }
            if total.span - total.worked > 1 {
                facts.append(("Held back", "\(Self.duration(total.span - total.worked)), by \(heldSignals)"))
            }
        }
        if let health = status.health { facts.append(("Health", health.text)) }
        let retries = phases.flatMap(\.steps).compactMap(\.retries).reduce(0, +)
        let waited = phases.flatMap(\.steps).compactMap(\.waited).reduce(0, +)
        facts.append(
            ("Locks", "waited \(Self.duration(waited)) in all, \(retries) \(retries == 1 ? "retry" : "retries")")
        )
        if let last = comparisons.last {
            facts.append(
                ("Compared", "\(Count.text(last.rows)) rows the last time, \(Count.text(last.differences)) differed")
            )
        }
        facts.append(
            ("Limits", status.differingLimits.isEmpty ? "the defaults" : status.differingLimits.joined(separator: ", "))
        )
        if let error = status.error { facts.append(("Stopped", error)) }
        facts.append(("Started", status.startedAt + (status.finishedAt.map { ", ended \($0)" } ?? "")))
        if let gate = status.gate {
            facts.append(("Now", gate.now))
            if let deploy = gate.deploy { facts.append(("Deploy", deploy)) }
            if let check = gate.check { facts.append(("Check", check)) }
            if let back = gate.back { facts.append(("Back", gate.beforeBack.map { "\($0) \(back)" } ?? back)) }
        }
        if let next = status.next { facts.append(("Next", next)) }
        return facts
    }

    /// The signals that held the work back.
    var heldSignals: String {
        let names = (backfill + compare).compactMap(\.held).flatMap { $0.split(separator: ", ").map(String.init) }
        return Set(names).sorted().joined(separator: ", ")
    }

    /// `0.4 ms`, `12 ms`, `3 min 20 s`.
    static func duration(_ seconds: Double) -> String {
        seconds < 1 ? "\(Numbers.short(max(0, seconds) * 1000)) ms" : Seconds.text(seconds)
    }
}

extension ReportDocument.Step {
    /// `0 ms`, `3.2 s, 4 retries`; empty where no lock was asked for.
    var waitText: String {
        guard let waited else { return "" }
        let retries = retries ?? 0
        return ReportDocument.duration(waited)
            + (retries > 0 ? ", \(retries) \(retries == 1 ? "retry" : "retries")" : "")
    }
}
