import OnlineChange

/// What `status --watch` knows and shows. Pure: looks, keys and time in; lines and orders out.
struct WatchScreen {
    /// What a key asks for.
    enum Order: Hashable, Sendable {
        case quit
        case pause
        case resume
        case tune(Limits)
    }

    private(set) var statuses: [ChangeStatus] = []
    private var message: String?
    private var showsHelp = false
    /// Since when the server has not answered, in seconds of our own clock, and why.
    private var trouble: (since: Double, reason: String)?
    private var lastLook: Double?

    /// Whether every change that is shown has ended.
    var isOver: Bool { lastLook != nil && statuses.allSatisfy { $0.finishedAt != nil } }

    /// Takes note of what a look gave.
    mutating func saw(_ statuses: [ChangeStatus], at now: Double) {
        self.statuses = statuses
        lastLook = now
        trouble = nil
    }

    /// Takes note that the server can't be reached.
    mutating func lost(_ reason: String, at now: Double) {
        trouble = (trouble?.since ?? now, reason)
    }

    /// Says what a key has done, or why it could not.
    mutating func say(_ text: String) {
        message = text
    }

    /// What a key means for what is shown; nil for nothing that leaves the screen.
    mutating func order(for key: Character) -> Order? {
        switch key {
        case "q", "Q": return .quit
        case "?", "h":
            showsHelp.toggle()
            return nil
        case "p", " ", "+", "-", "<", ">": break
        default: return nil
        }
        guard statuses.count == 1, let status = statuses.first, status.finishedAt == nil else {
            message = "name one change that is not at its end to steer it: online-change status CHANGE --watch"
            return nil
        }
        switch key {
        case "+", "-":
            let now = status.limits.workers ?? max(1, status.workers ?? 1)
            return .tune([.workers: .at(Double(min(64, max(1, now + (key == "+" ? 1 : -1)))))])
        case "<", ">":
            let now = status.limits.batchTime * 1000
            let steps = Self.batchTimes
            let next = key == ">" ? steps.first { $0 > now } ?? now : steps.last { $0 < now } ?? now
            return .tune([.batchTime: .at(next / 1000)])
        default:
            return status.isPaused ? .resume : .pause
        }
    }

    private static let batchTimes: [Double] = [5, 10, 15, 25, 50, 100, 200, 500]

    /// The lines for a terminal of that size.
    func lines(columns: Int, rows: Int, at now: Double, isColoured: Bool) -> [String] {
        var foot: [String] = []
        if let trouble {
            let since = max(0, now - trouble.since)
            foot.append("the server can't be reached for \(Int(since)) s, trying again: \(trouble.reason)")
        } else if let lastLook, now - lastLook > 4 {
            foot.append("no answer from the server for \(Int(now - lastLook)) s")
        }
        if let message { foot.append(message) }
        if showsHelp {
            foot += [
                "p  pause or resume        +  one worker more        >  longer batches",
                "q  leave, it goes on      -  one worker less        <  shorter batches",
            ]
        } else {
            foot.append("q leave  p pause/resume  +/- workers  </> batch time  ? help")
        }
        foot = foot.map { DisplayText.cut(DisplayText.printable($0), to: columns) }
        // On a screen of a few rows the change itself comes first.
        if foot.count >= rows { foot = [] }
        let room = max(1, rows - foot.count - (rows > 12 ? 1 : 0))
        var body: [String]
        switch statuses.count {
        case 0: body = [DisplayText.cut(lastLook == nil ? "connecting …" : "no changes in this database", to: columns)]
        case 1: body = statuses[0].screen(width: columns, height: room, isColoured: isColoured)
        default:
            body = StatusTable(statuses).lines(width: columns, isColoured: isColoured)
            if body.count > room {
                body = body.prefix(room - 1) + [DisplayText.cut("… \(statuses.count - room + 2) more", to: columns)]
            }
        }
        body += Array(repeating: "", count: max(0, rows - body.count - foot.count))
        let faint = isColoured && trouble == nil
        return body + foot.map { faint ? "\u{1B}[2m\($0)\u{1B}[0m" : isColoured ? "\u{1B}[31m\($0)\u{1B}[0m" : $0 }
    }
}
