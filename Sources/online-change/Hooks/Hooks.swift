import Foundation
import OnlineChange
import Synchronization

/// Runs a user's hooks: one after another and beside the work, those that may stop a phase before it begins.
actor Hooks {
    /// Those of the command that runs.
    static var current: Hooks? { chosen.withLock { $0 } }
    private static let chosen = Mutex<Hooks?>(nil)

    private let folder: HookFolder
    private let limit: Double
    private let output: Output
    private var subject: RunSubject?
    private var queue = HookQueue<EventRecord>()
    private var worker: Task<Void, Never>?

    private init(folder: HookFolder, limit: Double, output: Output) {
        self.folder = folder
        self.limit = limit
        self.output = output
    }

    /// Chooses a folder for the rest of the run.
    ///
    /// - Parameter limit: seconds that a hook may take.
    static func choose(_ folder: String, limit: Double, output: Output) throws(Failure) -> Hooks {
        let hooks = Hooks(folder: try HookFolder(folder), limit: limit, output: output)
        chosen.withLock { $0 = hooks }
        return hooks
    }

    /// Takes note of which change the run is about.
    func about(_ subject: RunSubject) {
        self.subject = subject
    }

    /// Has an event's hook run as soon as those before it have ended; does not wait for it.
    func tell(_ event: Event) {
        if let name = HookName(event) { add(name, EventRecord(event)) }
    }

    /// Runs the hook of a failure, and waits for those that have not ended.
    func finish(_ failure: Failure?) async {
        if let failure { add(.failed, EventRecord(failure.withoutSecrets)) }
        while let worker {
            await worker.value
            if self.worker == worker { break }
        }
    }

    /// Asks the hook whether something may begin, once those before it have ended.
    ///
    /// - Throws: `Failure.notNow` if it does not end with 0; `CancellationError` if the run is interrupted.
    func ask(_ intention: Intention) async throws {
        guard let name = HookName(intention), let program = folder.program(name) else { return }
        await finish(nil)
        let ending = await process(program, name, EventRecord(intention)).run()
        try Task.checkCancellation()
        guard let trouble = ending.trouble else { return }
        throw Failure(
            .notNow,
            "the hook \(name.rawValue) stopped \(intention.action): it \(trouble)"
                + (ending.lastLine.map { ": \($0)" } ?? ""),
            left: "Nothing of \(intention.action) was done; the change stands where it stood.",
            next: "Run the same command again once \(program) agrees, or without it."
        )
    }

    private func add(_ name: HookName, _ record: EventRecord) {
        guard folder.program(name) != nil else { return }
        queue.add(name, record)
        guard worker == nil else { return }
        // An interrupted run tells of its end too.
        worker = Task.detached { await self.work() }
    }

    private func work() async {
        while let (name, record) = queue.next() {
            guard let program = folder.program(name) else { continue }
            let ending = await process(program, name, record).run()
            if let trouble = ending.trouble {
                output.tell(
                    .notice("the hook \(name.rawValue) \(trouble)" + (ending.lastLine.map { ": \($0)" } ?? ""))
                )
            }
        }
        worker = nil
    }

    private func process(_ program: String, _ name: HookName, _ record: EventRecord) -> HookProcess {
        let record = record.about(subject)
        return HookProcess(
            program: program,
            limit: limit,
            facts: HookFacts(name, record).variables,
            input: record.line + "\n"
        )
    }
}
