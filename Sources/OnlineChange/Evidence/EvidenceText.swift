extension Evidence {
    /// The evidence on one screen.
    public var text: String {
        var lines = ["\(change) (number \(number), \(table)): \(verdict)"]
        func add(_ label: String, _ group: [String]) {
            for (place, line) in group.enumerated() {
                lines.append("  \(place == 0 ? label : String(repeating: " ", count: label.count))  \(line)")
            }
        }
        add("writes    ", writes.map(\.text))
        add("statements", statements?.lines ?? [])
        add("objects   ", objects.map { "\($0.object): \($0.text) (\($0.basis.text))" })
        add("sessions  ", sessions.map(\.text) + preparedTransactions.map(\.description))
        if let unfit {
            let rows =
                unfit.rows == 0 ? "every row fits" : "\(Count.of(unfit.rows, "row")) can't go back to it unchanged"
            add("old type  ", ["\(rows), counted at \(unfit.countedAt)"])
        }
        add("not seen  ", unseen)
        guard !reasons.isEmpty else { return lines.joined(separator: "\n") }
        lines.append("Against drop, the weightiest first:")
        for (place, reason) in reasons.enumerated() {
            lines.append("  \(place + 1). \(reason.weight.text): \(reason.text)")
            if let next = reason.next { lines.append("     \(next)") }
        }
        return lines.joined(separator: "\n")
    }

    /// In a sentence, for the head and for whoever is asked before drop.
    public var verdict: String {
        let weighty = reasons.filter { $0.weight != .perhaps }
        guard let first = weighty.first else {
            let quiet = quietSeconds.map { "quiet for \(Seconds.text($0)); " } ?? ""
            return reasons.isEmpty
                ? "\(quiet)nothing speaks against drop" : "\(quiet)nothing certain speaks against drop"
        }
        let more = weighty.count > 1 ? " (and \(Count.text(weighty.count - 1)) more)" : ""
        return "not yet: \(first.text)\(more)"
    }

    /// What is told before drop is confirmed.
    public var summary: String {
        let lines = ["Evidence: \(verdict)."] + writes.map { "  \($0.text)" }
        return (lines + reasons.dropFirst(isQuiet ? 0 : 1).prefix(5).map { "  \($0.weight.text): \($0.text)" })
            .joined(separator: "\n")
    }
}

extension Evidence.Writes {
    /// `public.users.name: 1,204 by this name alone since swap, the first at …, the last at … (3 s ago)`.
    var text: String {
        let what = kind == .legacy ? "by this name alone since swap" : "without a value since expand, which were filled"
        guard let count else { return "\(table).\(column): not counted: \(problem ?? "unknown")" }
        let times = [first.map { "the first at \($0)" }, last.map { "the last at \($0)" }].compactMap { $0 }
        let age = secondsAgo.map { " (\(Seconds.text($0)) ago)" } ?? ""
        return "\(table).\(column): \(([Count.text(count) + " " + what] + times).joined(separator: ", "))\(age)"
            + (problem.map { "; not all: \($0)" } ?? "")
    }
}

extension Evidence.Statements {
    var lines: [String] {
        var lines: [String] = []
        if let problem { lines.append("\(problem). \(remedy ?? "")") }
        guard since != nil || problem == nil else { return lines }
        let began = since.map { "since \($0)" } ?? "since the statistics began"
        let watched = watchedSeconds.map { ", watched for \(Seconds.text($0))" } ?? ""
        lines.append(
            found.isEmpty ? "none names it (\(began)\(watched))" : "\(Count.text(found.count)) (\(began)\(watched)):"
        )
        lines += found.prefix(12).map(\.line)
        if found.count > 12 { lines.append("… and \(Count.text(found.count - 12)) more (--json has all)") }
        return lines
    }
}

extension Evidence.Statement {
    fileprivate var line: String {
        let watched = callsWatched.map { ", \(Count.text($0)) while watched" } ?? ""
        let how = isStar ? "all columns, \(basis.text)" : basis.text
        return "  \(role), \(Count.of(calls, "call"))\(watched), \(how): \(query)"
    }
}

extension Evidence.Session {
    /// `pid 4711 (app, web-1, idle for 2 s): update users set name = ?`.
    var text: String {
        let since = seconds.map { " for \(Seconds.text($0))" } ?? ""
        let details = [user, application.isEmpty ? nil : application, state.map { "\($0)\(since)" }].compactMap { $0 }
        return "pid \(pid) (\(details.joined(separator: ", "))), \(basis.text): \(query)"
    }
}

extension Evidence.Basis {
    var text: String {
        switch self {
        case .server: "the server says so"
        case .text: "by its text"
        }
    }
}

extension Evidence.Reason.Weight {
    var text: String {
        switch self {
        case .inTheWay: "in the way"
        case .used: "used"
        case .perhaps: "perhaps"
        }
    }
}

extension Count {
    /// `1 statement`, `1,000 statements`.
    static func of(_ number: Int, _ noun: String) -> String {
        "\(text(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
