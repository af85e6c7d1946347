import Foundation

/// An event as one JSON object on a line: `event` names its kind, `time` is UTC in ISO 8601, the rest depends on the kind.
public struct EventRecord: Encodable, Sendable {
    public internal(set) var time: String
    public internal(set) var event: String
    public internal(set) var file: String?
    public internal(set) var change: String?
    public internal(set) var number: Int?
    public internal(set) var table: String?
    public internal(set) var recipe: String?
    public internal(set) var phase: String?
    public internal(set) var state: String?
    public internal(set) var step: String?
    public internal(set) var summary: String?
    public internal(set) var gate: Gate?
    public internal(set) var next: String?
    public internal(set) var message: String?
    public internal(set) var finding: Finding?
    public internal(set) var seconds: Double?
    public internal(set) var waited: Double?
    public internal(set) var retries: Int?
    public internal(set) var attempt: Int?
    public internal(set) var blockers: [Blocker]?
    public internal(set) var reasons: [String]?
    public internal(set) var progress: Progress?
    public internal(set) var rows: Int?
    public internal(set) var differences: Int?
    public internal(set) var repaired: Int?
    public internal(set) var plan: PlanRecord?
    /// Of a failure: the exit code.
    public internal(set) var exitCode: Int32?

    /// The record of an event that happens now.
    public init(_ event: Event, at date: Date = Date()) {
        time = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        self.event = ""
        switch event {
        case .planned(let plan): set("planned") { $0.plan = PlanRecord(plan) }
        case .started(let change, let number):
            set("started") {
                $0.change = change; $0.number = number
            }
        case .continued(let change, let phase):
            set("continued") {
                $0.change = change; $0.phase = phase
            }
        case .applying(let file, let phase):
            set("applying") {
                $0.file = file; $0.phase = phase
            }
        case .standsAlready(let change, let phase, let state):
            set("stands-already") {
                $0.change = change; $0.phase = phase; $0.state = state
            }
        case .finding(let finding): set("finding") { $0.finding = finding }
        case .phaseStarted(let phase, let summary):
            set("phase-started") {
                $0.phase = phase; $0.summary = summary
            }
        case .stepStarted(let title): set("step-started") { $0.step = title }
        case .stepFinished(let title, let seconds, let waited, let retries):
            set("step-finished") {
                $0.step = title
                $0.seconds = seconds
                $0.waited = waited
                $0.retries = retries
            }
        case .stepUndone(let title): set("step-undone") { $0.step = title }
        case .waitingForLock(let blockers, let seconds):
            set("waiting-for-lock") {
                $0.blockers = blockers; $0.seconds = seconds
            }
        case .lockNotObtained(let attempt, let blockers, let pause):
            set("lock-not-obtained") {
                $0.attempt = attempt; $0.blockers = blockers; $0.seconds = pause
            }
        case .waitingForSnapshots(let blockers, let seconds):
            set("waiting-for-snapshots") {
                $0.blockers = blockers; $0.seconds = seconds
            }
        case .progress(let progress): set("progress") { $0.progress = progress }
        case .throttled(let reasons): set("throttled") { $0.reasons = reasons }
        case .released: set("released") { _ in }
        case .verified(let rows, let differences, let repaired):
            set("verified") {
                $0.rows = rows; $0.differences = differences; $0.repaired = repaired
            }
        case .notice(let text): set("notice") { $0.message = text }
        case .reconnecting(let reason, let attempt):
            set("reconnecting") {
                $0.message = reason; $0.attempt = attempt
            }
        case .phaseReached(let phase, let gate, let next):
            set("phase-reached") {
                $0.phase = phase; $0.gate = gate; $0.next = next
            }
        case .rolledBack: set("rolled-back") { _ in }
        case .finished: set("finished") { _ in }
        }
    }

    /// The record of a failure, the last line of a run that failed.
    public init(_ failure: Failure, at date: Date = Date()) {
        time = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        event = "failed"
        message = [failure.message, failure.left].compactMap { $0 }.joined(separator: "\n")
        next = failure.next
        exitCode = failure.kind.rawValue
    }

    /// The record of a question: `before-swap`, `before-rollback`.
    public init(_ intention: Intention, at date: Date = Date()) {
        time = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        event = "before-\(intention.action)"
        if case .phase(let name) = intention.action { phase = name }
    }

    /// The record with the change that it is about.
    public func about(_ subject: RunSubject?) -> EventRecord {
        guard let subject else { return self }
        var record = self
        record.change = subject.change
        record.number = subject.number
        record.table = subject.table
        record.recipe = subject.recipe
        return record
    }

    /// The record as a line, keys sorted.
    public var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private mutating func set(_ name: String, _ fill: (inout EventRecord) -> Void) {
        event = name
        fill(&self)
    }
}
