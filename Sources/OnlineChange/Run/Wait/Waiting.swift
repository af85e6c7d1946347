/// A wait for a change to reach a phase, wherever it runs: looks at the ledger go in, what to do comes out. Pure.
struct Waiting: Sendable {
    /// The change's name or number.
    let reference: String
    /// The phase to wait for.
    let phase: String
    /// How long to wait, in seconds.
    let timeout: Double
    /// Seconds between two looks: what follows is a deploy, to which a second is nothing.
    var interval = 1.0
    /// What was told last.
    private var told: Standing?
    private var hasTold = false

    init(reference: String, phase: String, timeout: Double) {
        self.reference = reference
        self.phase = phase
        self.timeout = timeout
    }

    /// What to do next.
    enum Verdict: Hashable, Sendable {
        /// It is reached.
        case reached
        /// It will not be.
        case over(Failure)
        /// Look again after so many seconds; tell what it waits for, if that is new.
        case wait(seconds: Double, notice: String?)
    }

    /// - Parameters:
    ///   - standing: how the change stands; nil if there is none.
    ///   - near: names of changes that may be meant where there is none.
    ///   - elapsed: seconds since the wait began.
    mutating func next(_ standing: Standing?, near: [String] = [], elapsed: Double) -> Verdict {
        if let standing {
            if standing.isReached(phase), standing.isDurable { return .reached }
            if let failure = standing.deadEnd(awaiting: phase) { return .over(failure) }
        } else if reference.allSatisfy(\.isNumber) {
            // Whoever knows a number has seen the change.
            return .over(missing(near, isTimedOut: false))
        }
        guard elapsed < timeout else { return .over(timedOut(standing, near)) }
        let isNew = !hasTold || told != standing
        told = standing
        hasTold = true
        let text =
            standing.map { "\($0.name): \($0.text)" }
            ?? "there is no change '\(reference)' yet\(Self.meant(near)); waiting for somebody to begin it"
        return .wait(
            seconds: min(interval, timeout - elapsed),
            notice: isNew ? "waiting for \(phase): \(text)" : nil
        )
    }

    /// That time was up before a lost server was back.
    var serverStaysAway: Failure {
        Failure(
            .notNow,
            "the server was lost and is not back after \(Seconds.text(timeout)): \(reference) may have reached \(phase) or not",
            left: "Nothing was changed.",
            next: "Wait again when the server is back."
        )
    }

    private func timedOut(_ standing: Standing?, _ near: [String]) -> Failure {
        guard let standing else { return missing(near, isTimedOut: true) }
        return Failure(
            .notNow,
            "\(standing.name) has not reached \(phase) in \(Seconds.text(timeout)): \(standing.text)",
            left: "Nothing was changed.",
            next: "online-change status \(ShellWord(standing.name)); then wait again."
        )
    }

    private func missing(_ near: [String], isTimedOut: Bool) -> Failure {
        Failure(
            .refused,
            "there is no change '\(reference)'"
                + (isTimedOut ? ", and none was begun in \(Seconds.text(timeout))" : ""),
            left: "Nothing was changed.",
            next: near.isEmpty ? "online-change status" : "Did you mean \(near.joined(separator: " or "))?"
        )
    }

    private static func meant(_ near: [String]) -> String {
        near.isEmpty ? "" : " (did you mean \(near.joined(separator: " or "))?)"
    }
}
