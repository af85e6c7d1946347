import OnlineChange
import Postgres
import Synchronization
import TestSupport
import Testing

/// The rename of `name` to `full_name` in table `t` of the test's database, taken from phase to phase.
final class Rename: Sendable {
    let parameters: ConnectionParameters
    private let table: String
    private let options: PlanningOptions
    private let lockDeadline: Double
    private let happened = Mutex<[Event]>([])
    private let reaction: @Sendable (Event) async throws -> Void

    init(
        table: String = "t",
        parameters: ConnectionParameters? = nil,
        options: PlanningOptions = PlanningOptions(),
        lockDeadline: Double = 20,
        reaction: @escaping @Sendable (Event) async throws -> Void = { _ in }
    ) throws {
        self.parameters = try parameters ?? TestDatabase.current.parameters
        self.table = table
        self.options = options
        self.lockDeadline = lockDeadline
        self.reaction = reaction
    }

    static let change = "t.name-to-full_name"

    /// All that was reported so far.
    var events: [Event] { happened.withLock { $0 } }

    /// The notices among them.
    var notices: [String] {
        events.compactMap { if case .notice(let text) = $0 { text } else { nil } }
    }

    var runner: Runner {
        var runner = Runner(parameters: parameters) { event in
            self.happened.withLock { $0.append(event) }
            try? await self.reaction(event)
        }
        runner.lockDeadline = lockDeadline
        runner.acknowledged = options.acknowledged
        return runner
    }

    /// Starts the rename, or goes on with it, through a phase.
    func through(_ phase: String) async throws {
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: table,
            columns: ["from": "name", "to": "full_name"],
            options: options,
            limits: [.batchTime: .at(0.005)]
        )
        try await runner.start(request, through: phase)
    }

    /// The failure that a phase ends with; nil if it is reached.
    func failure(through phase: String) async -> Failure? {
        do {
            try await through(phase)
            return nil
        } catch {
            return Failure(error)
        }
    }

    /// The failure that a comparison ends with; nil if nothing differs.
    func failureOfVerify(repair: Bool) async -> Failure? {
        do {
            try await runner.verify(Self.change, repair: repair)
            return nil
        } catch {
            return Failure(error)
        }
    }

    func status() async throws -> ChangeStatus {
        try await ChangeStatus.read(parameters, change: Self.change)[0]
    }
}

/// How far the rename is when a statement comes.
enum Stage: String, CaseIterable, CustomTestStringConvertible {
    case expanded = "expand"
    case backfilled = "backfill"
    case swapped = "swap"

    var testDescription: String { "after \(rawValue)" }
}
