import OnlineChange
import Postgres
import Synchronization

/// A rename of `account.name` to `full_name` by a runner in this process.
struct Rename: Sendable {
    static let name = "the-rename"

    let parameters: ConnectionParameters
    let events = EventLog()
    private let request: ChangeRequest
    private let runner: Runner

    init(_ parameters: ConnectionParameters, deadline: Double = 60, limits: Limits = [:]) throws {
        self.parameters = parameters
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: "account",
            columns: ["from": "name", "to": "full_name"],
            name: Self.name,
            limits: limits
        )
        var runner = Runner(parameters: parameters) { [events] in events.add($0) }
        runner.lockDeadline = deadline
        self.runner = runner
    }

    /// What the same command gives, again and again.
    func through(_ phase: String) async throws {
        try await runner.start(request, through: phase)
    }

    func rollback() async throws {
        try await runner.rollback(Self.name)
    }

    func verify() async throws {
        try await runner.verify(Self.name, repair: false)
    }

    /// The phase that the ledger says is reached.
    func status() async throws -> ChangeStatus {
        try await ChangeStatus.read(parameters, change: Self.name)[0]
    }
}

/// What a runner told, in order.
final class EventLog: Sendable {
    private let events = Mutex<[Event]>([])

    func add(_ event: Event) {
        events.withLock { $0.append(event) }
    }

    var all: [Event] { events.withLock { $0 } }

    /// The notices, reconnections and waits, as people read them.
    var text: String { all.compactMap { $0.text(isVerbose: true) }.joined(separator: "\n") }
}

/// What ended a run; nil if nothing did.
func failure(of body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch {
        return Failure(error)
    }
}
