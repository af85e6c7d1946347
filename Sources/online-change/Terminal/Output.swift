import Foundation
import OnlineChange
import Postgres
import Synchronization

extension Failure {
    /// The same without a password: an argument that ended up in the wrong place is quoted, and may be the connection
    /// string.
    var withoutSecrets: Failure {
        Failure(
            kind,
            Secrets.hidden(in: message),
            left: left.map { Secrets.hidden(in: $0) },
            next: next.map { Secrets.hidden(in: $0) }
        )
    }
}

/// Where events go: lines with a bar for people, JSON lines for machines, or next to nothing.
final class Output: Sendable {
    /// How much is told, and how.
    enum Style: Sendable {
        case lines(isVerbose: Bool)
        case json
        case quiet
    }

    /// What the command that runs has chosen; failures before that are told as lines.
    static var current: Output { chosen.withLock { $0 } }
    private static let chosen = Mutex(Output(style: .lines(isVerbose: false)))

    private let style: Style
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let state = Mutex(State())

    private struct State {
        var barLength = 0
        var lastProgress: ContinuousClock.Instant?
        var lastLine = ""
    }

    private init(style: Style) {
        self.style = style
    }

    /// Chooses a style for the rest of the run.
    @discardableResult
    static func choose(_ style: Style) -> Output {
        let output = Output(style: style)
        chosen.withLock { $0 = output }
        return output
    }

    /// Tells an event.
    func tell(_ event: Event) {
        switch style {
        case .json:
            write(EventRecord(event).line + "\n")
        case .quiet:
            break
        case .lines(let isVerbose):
            if case .progress(let progress) = event {
                show(progress)
            } else if let text = event.text(isVerbose: isVerbose) {
                write(state.withLock { Self.clearing(&$0) } + text + "\n")
            }
        }
    }

    /// Says something beside the events, to people only.
    func say(_ text: String) {
        guard case .lines = style else { return }
        write(state.withLock { Self.clearing(&$0) } + text + "\n")
    }

    /// Tells why the run failed, on stderr; as the last line on stdout too where machines read it.
    func fail(_ failure: Failure) {
        let failure = failure.withoutSecrets
        if case .json = style {
            write(EventRecord(failure).line + "\n")
        }
        write(state.withLock { Self.clearing(&$0) })
        var lines = ["online-change: \(failure.message)"]
        if let left = failure.left { lines.append("  \(left)") }
        if let next = failure.next { lines.append("  \(next.replacing("\n", with: "\n  "))") }
        StandardStream.error.write(lines.joined(separator: "\n") + "\n")
    }

    /// On a terminal a bar that is drawn over; elsewhere a line every ten seconds, if it says something new.
    private func show(_ progress: OnlineChange.Progress) {
        let text = state.withLock { state -> String in
            guard isTerminal else {
                let now = ContinuousClock.now
                if let last = state.lastProgress, now - last < .seconds(10), progress.fraction < 1 { return "" }
                let line = "  \(progress.text)\n"
                guard line != state.lastLine else { return "" }
                (state.lastProgress, state.lastLine) = (now, line)
                return line
            }
            let full = Int(progress.fraction * 30)
            let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 30 - full)
            let line = "  [\(bar)] \(progress.text)"
            let padding = String(repeating: " ", count: max(0, state.barLength - line.count))
            state.barLength = line.count
            return "\r\(line)\(padding)"
        }
        write(text)
    }

    private static func clearing(_ state: inout State) -> String {
        guard state.barLength > 0 else { return "" }
        defer { state.barLength = 0 }
        return "\r" + String(repeating: " ", count: state.barLength) + "\r"
    }

    private func write(_ text: String) {
        StandardStream.output.write(text)
    }
}
