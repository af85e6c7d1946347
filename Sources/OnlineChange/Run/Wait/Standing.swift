/// How a change stands for somebody who waits for it: what is the same at two looks is not told twice.
struct Standing: Hashable, Sendable {
    let name: String
    let state: ChangeRecord.State
    /// The names of its plan's phases in order.
    let phases: [String]
    /// The one last reached.
    let phase: String?
    /// Who is at work; nil if nobody gave a sign of life of late.
    let runner: String?
    let isPaused: Bool
    /// The signals that hold its backfill back, by name.
    let held: [String]
    /// Whether its runner waits for something else, such as a lock.
    let isWaiting: Bool
    /// Why it stopped the last time.
    let error: String?
    /// Whether all this lasts when the server is lost, as far as its commits wait for a standby.
    var isDurable = true

    func isReached(_ asked: String) -> Bool {
        if state == .finished { return true }
        // A change that is one statement has its first phase alone.
        let asked = phases.contains(asked) ? asked : phases.last ?? asked
        guard state == .active, let phase, let reached = phases.firstIndex(of: phase),
            let wanted = phases.firstIndex(of: asked)
        else { return false }
        return wanted <= reached
    }

    /// Why the phase will never be reached, if that is so.
    func deadEnd(awaiting asked: String) -> Failure? {
        guard state == .rollingBack || state == .rolledBack else { return nil }
        return Failure(
            .refused,
            "the change \(name) \(state == .rolledBack ? "was rolled back" : "is being rolled back"), and won't reach \(asked)",
            left: "Nothing was changed.",
            next: "Begin it anew, or deploy without it."
        )
    }

    /// In a few words.
    var text: String {
        guard isDurable else { return "\(Throttle.noSynchronousStandby), and what is reached lasts only once one is" }
        let reached = phase.map { "\($0) is reached" } ?? "it is begun"
        guard let runner else {
            let stopped = error.map { ", it stopped: \($0)" } ?? ""
            return "\(reached); nobody is running it\(stopped)"
        }
        let why =
            isPaused
            ? ", paused"
            : held.isEmpty ? isWaiting ? ", waiting" : "" : ", held back by \(held.joined(separator: ", "))"
        return "\(reached); \(runner) is at work\(why)"
    }
}

extension Standing {
    init(_ record: ChangeRecord) {
        self.init(
            name: record.name,
            state: record.state,
            phases: record.plan.phases.map(\.name),
            phase: record.phase,
            runner: record.isRunning ? record.runner : nil,
            isPaused: record.controls.isPaused,
            held: record.held.map(\.signal).filter { $0 != Throttle.Signal.pause.rawValue },
            isWaiting: record.waiting != nil,
            error: record.error
        )
    }
}
