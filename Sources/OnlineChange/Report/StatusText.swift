extension ChangeStatus {
    /// The status without colours, every line as long as it is.
    public var text: String { screen().joined(separator: "\n") }

    /// The status as lines of a screen. Pure.
    ///
    /// - Parameters:
    ///   - width: columns to fold long lines to; nil for no end.
    ///   - height: rows; where folded lines are too many they are cut instead.
    public func screen(width: Int? = nil, height: Int? = nil, isColoured: Bool = false) -> [String] {
        let lines = lines(width)
        let folded = lines.flatMap { $0.rendered(width: width, isFolded: true, isColoured: isColoured) }
        guard let height, folded.count > height else { return folded }
        return Array(
            lines.flatMap { $0.rendered(width: width, isFolded: false, isColoured: isColoured) }.prefix(height)
        )
    }

    private func lines(_ width: Int?) -> [ScreenLine] {
        typealias Piece = ScreenLine.Piece
        var lines = [
            ScreenLine(
                nil,
                [
                    Piece("\(change)", .strong), Piece(" (number \(number), \(table)): "),
                    Piece(headline, headlineStyle),
                ]
            )
        ]
        lines.append(ScreenLine("phases", phaseLine))
        if let step, state == "active" { lines.append(ScreenLine("step", step)) }
        lines += progressLines
        for held in heldBack { lines.append(ScreenLine("held back", "\(held.signal): \(held.text)", .slow)) }
        if let waiting, waiting != heldBack.map(\.reason).joined(separator: "; ") {
            lines.append(ScreenLine("waiting", waiting, .slow))
        }
        for blocker in blockers where waiting?.contains("pid \(blocker.pid ?? 0)") != true {
            lines.append(ScreenLine("blocker", blocker.description, .slow))
        }
        if let legacyWrites {
            let last = legacyWrites.last.map { ", the last one at \($0)" } ?? ""
            lines.append(
                ScreenLine("legacy", "\(Count.text(legacyWrites.count)) writes by the old name alone since swap\(last)")
            )
        }
        if let error { lines.append(ScreenLine("stopped", error, .bad)) }
        lines.append(ScreenLine("runner", runnerText, isSilent ? .bad : .plain))
        if let health { lines.append(ScreenLine("health", health.text)) }
        if let lag { lines.append(ScreenLine("lag", lag.text)) }
        lines.append(ScreenLine("limits", limitsText))
        lines.append(ScreenLine("started", startedAt + (finishedAt.map { ", ended \($0)" } ?? "")))
        if let lastEvent { lines.append(ScreenLine("last", "\(lastEvent.at) \(lastEvent.actor): \(lastEvent.what)")) }
        if let gate { lines += Self.lines(of: gate, width: width) }
        if let next, gate?.next == nil { lines.append(ScreenLine("next", next, .command)) }
        return lines
    }

    /// The gate as it is shown elsewhere; on a screen folded to its width like everything else.
    private static func lines(of gate: Gate, width: Int?) -> [ScreenLine] {
        guard width != nil else { return gate.lines(labels: 10).map { ScreenLine(nil, [.init($0)]) } }
        var lines = [ScreenLine("now", gate.now)]
        if let deploy = gate.deploy { lines.append(ScreenLine("deploy", deploy)) }
        if let check = gate.check { lines.append(ScreenLine("check", check)) }
        if let next = gate.next { lines.append(ScreenLine("next", next, .command)) }
        if let back = gate.back {
            lines.append(ScreenLine("back", gate.beforeBack.map { "\($0) \(back)" } ?? back))
        }
        return lines
    }

    private var phaseLine: [ScreenLine.Piece] {
        phases.enumerated().map { place, phase in
            let gap = place == 0 ? "" : "  "
            return switch phase.state {
            case "reached": ScreenLine.Piece("\(gap)[x] \(phase.name)", .good)
            case "under way": ScreenLine.Piece("\(gap)[>] \(phase.name)", .strong)
            default: ScreenLine.Piece("\(gap)[ ] \(phase.name)")
            }
        }
    }

    /// What is done of the work that is under way, or of the last backfill, and how it goes.
    private var progressLines: [ScreenLine] {
        guard let progress else { return [] }
        let percent = "\((progress.fraction * 1000).rounded() / 10) %"
        var lines = [
            ScreenLine(
                "progress",
                [
                    ScreenLine.Piece(Self.bar(progress.fraction, 30), .good),
                    ScreenLine.Piece(" \(progress.activity) \(percent)"),
                ]
            )
        ]
        var parts: [String] = []
        if progress.rows > 0 {
            parts.append("\(Count.text(progress.rows)) written")
            if let left = rowsLeft { parts.append("about \(Count.text(left)) left") }
        }
        if !parts.isEmpty { lines.append(ScreenLine("rows", parts.joined(separator: ", "))) }
        parts = []
        if let estimate, estimate.rate >= 1 { parts.append("\(Count.text(Int(estimate.rate))) rows/s of late") }
        if progress.rows > 0, progress.rate >= 1 {
            parts.append("\(Count.text(Int(progress.rate))) rows/s on the whole")
        }
        if !parts.isEmpty { lines.append(ScreenLine("rate", parts.joined(separator: ", "))) }
        if isRunning, progress.fraction < 1, !progress.activity.hasPrefix("index") {
            lines.append(ScreenLine("time left", timeLeft))
        }
        return lines
    }

    /// Rows that are still to be written, if those that lie ahead are like those behind.
    private var rowsLeft: Int? {
        guard let progress, progress.rows > 0, progress.fraction > 0.01, progress.fraction < 1 else { return nil }
        let left = Double(progress.rows) / progress.fraction * (1 - progress.fraction)
        let unit = left < 10_000 ? 100.0 : 1000
        return Int((left / unit).rounded() * unit)
    }

    private var timeLeft: String {
        let isHeld = isPaused || !heldBack.isEmpty
        let ending = isHeld ? " of work, once it goes on" : ""
        if let estimate { return estimate.text + ending }
        // A ledger of the first version has no samples, only the whole.
        if let remaining = progress?.remaining {
            return "about \(Seconds.text(remaining))\(ending), by the pace so far"
        }
        return "no telling yet"
    }

    /// The status on one line, for a log.
    public var line: String {
        var parts = [headline]
        if let progress, state == "active", isRunning || progress.fraction < 1 {
            parts.append("\(progress.activity) \((progress.fraction * 1000).rounded() / 10) %")
            if let estimate { parts += ["\(Count.text(Int(estimate.rate))) rows/s", "\(estimate.text) left"] }
        }
        if let reason = whyItWaits { parts.append(reason) }
        return DisplayText.printable("\(change): " + parts.joined(separator: ", "))
    }

    /// What it waits for, in words.
    var whyItWaits: String? {
        guard state == "active", isRunning else { return error.map { "stopped: \($0)" } }
        return waiting
    }

    /// Whether a runner has gone without a word.
    var isSilent: Bool { !isRunning && lastSign != nil && finishedAt == nil }

    /// How it stands, in a few words.
    public var headline: String {
        guard state == "active" else { return state }
        if isRunning { return waiting == nil ? "running" : isPaused ? "running, paused" : "running, waiting" }
        if isSilent { return "its runner is gone; the same command continues" }
        if let open = phases.first(where: { $0.state == "under way" }) {
            return "stopped in \(open.name); the same command continues"
        }
        return error == nil ? "ready for the next phase" : "stopped"
    }

    var headlineStyle: ScreenLine.Style {
        if finishedAt != nil { return .good }
        if isRunning { return waiting == nil ? .good : .slow }
        return isSilent || error != nil ? .bad : .plain
    }

    private var limitsText: String {
        let texts = (isPaused ? ["paused"] : []) + differingLimits
        return texts.isEmpty ? "the defaults" : texts.joined(separator: ", ")
    }

    private var runnerText: String {
        guard let runner else { return "none yet" }
        if isRunning { return runner }
        guard isSilent, let lastSign, let silence else { return "none now; the last one was \(runner)" }
        return "no sign of life since \(lastSign) (\(Seconds.text(abs(silence)))): \(runner) is dead or cut off"
    }

    static func bar(_ fraction: Double, _ columns: Int) -> String {
        let full = Int((min(1, max(0, fraction)) * Double(columns)).rounded(.down))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: columns - full) + "]"
    }
}

extension ChangeStatus.Lag {
    /// `2.4 MB, 0.1 s (standby replica)`.
    var text: String {
        guard let bytes else { return "can't be seen without pg_monitor (standby \(standby))" }
        return "\(Bytes.text(bytes))" + (seconds.map { ", \(Seconds.text($0))" } ?? "") + " (standby \(standby))"
    }
}
