extension ChangeStatus {
    /// The status on one screen.
    public var text: String {
        var lines = ["\(change) (number \(number), \(table)): \(headline)"]
        lines.append("  phases    " + phases.map { mark($0.state) + $0.name }.joined(separator: "  "))
        if let step, state == "active" { lines.append("  step      \(step)") }
        if let progress { lines.append("  progress  \(bar(progress.fraction)) \(progress.text)") }
        for held in heldBack { lines.append("  held back \(held.signal): \(held.text)") }
        if let waiting, waiting != heldBack.map(\.reason).joined(separator: "; ") {
            lines.append("  waiting   \(waiting)")
        }
        if let legacyWrites {
            let last = legacyWrites.last.map { ", the last one at \($0)" } ?? ""
            lines.append("  legacy    \(Count.text(legacyWrites.count)) writes by the old name alone since swap\(last)")
        }
        if let error { lines.append("  stopped   \(error)") }
        lines.append("  runner    \(runnerText)")
        if let health { lines.append("  health    \(health.text)") }
        lines.append("  limits    \(limitsText)")
        lines.append("  started   \(startedAt)" + (finishedAt.map { ", ended \($0)" } ?? ""))
        if let gate { lines += gate.lines(labels: 10) }
        if let next, gate?.next == nil { lines.append("  next      \(next)") }
        return lines.joined(separator: "\n")
    }

    /// The status on one line, for a list of several.
    public var line: String {
        let reached = phases.last { $0.state == "reached" }?.name ?? "-"
        let part = progress.map { " \((($0.fraction) * 100).rounded()) %" } ?? ""
        return "\(number)\t\(change)\t\(headline)\t\(reached)\(part)"
    }

    private var headline: String {
        guard state == "active" else { return state }
        if isRunning { return waiting == nil ? "running" : "running, waiting" }
        if let open = phases.first(where: { $0.state == "under way" }) {
            return "stopped in \(open.name); the same command continues"
        }
        return error == nil ? "ready for the next phase" : "stopped"
    }

    private var limitsText: String {
        let texts = (isPaused ? ["paused"] : []) + differingLimits
        return texts.isEmpty ? "the defaults" : texts.joined(separator: ", ")
    }

    private var runnerText: String {
        guard let runner else { return "none yet" }
        return isRunning ? runner : "none now; the last one was \(runner)"
    }

    private func mark(_ state: String) -> String {
        switch state {
        case "reached": "[x] "
        case "under way": "[>] "
        default: "[ ] "
        }
    }

    private func bar(_ fraction: Double) -> String {
        let full = Int((fraction * 20).rounded(.down))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full) + "]"
    }
}
