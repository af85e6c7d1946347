/// Which change a run is about.
public struct RunSubject: Hashable, Sendable {
    /// The change's name.
    public let change: String
    /// Its number.
    public let number: Int
    /// Its table.
    public let table: String
    /// Its recipe.
    public let recipe: String
}

extension RunSubject {
    init(_ change: ChangeRecord) {
        self.init(change: change.name, number: change.id, table: change.table, recipe: change.plan.recipe)
    }
}

/// What a run is about to begin, for whoever may stop it.
public struct Intention: Hashable, Sendable {
    /// A phase, or the way back.
    public enum Action: Hashable, Sendable {
        /// A phase of this name, or what is left of it.
        case phase(String)
        /// Undoing everything.
        case rollback
    }

    /// What is about to begin.
    public let action: Action
    /// Of which change.
    public let subject: RunSubject
    /// The phase last reached; nil before the first.
    public let reached: String?
}

/// Asks before a phase or a rollback begins, once for each in a run: a lost connection is no reason to ask again.
actor Approval {
    private let ask: @Sendable (Intention) async throws -> Void
    private var given: Set<Intention.Action> = []

    init(ask: @escaping @Sendable (Intention) async throws -> Void) {
        self.ask = ask
    }

    /// Returns when it is given.
    ///
    /// - Throws: what the one who was asked threw.
    func obtain(_ intention: Intention) async throws {
        guard !given.contains(intention.action) else { return }
        try await ask(intention)
        given.insert(intention.action)
    }
}

extension RunContext {
    /// Asks whether to begin, with no transaction open, and gives signs of life meanwhile. A no goes into the audit
    /// trail and leaves the rest of the ledger, and the table, as they are.
    func obtainApproval(to action: Intention.Action) async throws {
        guard let approval else { return }
        let intention = Intention(action: action, subject: RunSubject(change), reached: change.phase)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await approval.obtain(intention) }
                group.addTask {
                    while !Task.isCancelled {
                        // In a task of its own, so that the answer does not cancel the statement.
                        try await Task { try await self.beat(waiting: "an answer: may \(action) begin?") }.value
                        try? await Task.sleep(for: .seconds(2))
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch let failure as Failure where failure.kind != .interrupted && failure != .takenOver {
            try await ledger.note(change.id, what: "\(action) not begun: \(failure.message)")
            throw failure
        }
        try await beat(waiting: nil)
    }
}

extension Intention.Action: CustomStringConvertible {
    /// `swap`, `rollback`.
    public var description: String {
        switch self {
        case .phase(let name): name
        case .rollback: "rollback"
        }
    }
}
