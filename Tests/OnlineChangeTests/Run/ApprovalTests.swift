import Postgres
import Synchronization
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct ApprovalTests {
    @Test("Each phase and the way back are asked for once in a run; a no stops the run there")
    func asked() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text)")
        let asked = Mutex<[String]>([])
        var runner = Runner(parameters: database.parameters) { _ in }
        runner.ask = { intention in
            asked.withLock { $0.append("\(intention.subject.change) \(intention.action) \(intention.reached ?? "-")") }
            if intention.action == .phase("swap") { throw Failure(.notNow, "not on a Friday") }
        }
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: "users",
            columns: ["from": "name", "to": "full_name"],
            name: "c"
        )
        let runs = runner
        let failure = await #expect(throws: Failure.self) { try await runs.start(request, through: "drop") }
        #expect(failure?.message == "not on a Friday")
        #expect(asked.withLock { $0 } == ["c expand -", "c backfill expand", "c swap backfill"])
        let phase: String = try await database.value("SELECT phase FROM online_change.change")
        #expect(phase == "backfill")

        try await runs.rollback("c")
        #expect(asked.withLock { $0.last } == "c rollback backfill")
    }

    @Test("A yes holds for the rest of the run, whatever becomes of the connection")
    func once() async throws {
        let count = Mutex(0)
        let approval = Approval { _ in count.withLock { $0 += 1 } }
        let subject = RunSubject(change: "c", number: 1, table: "t", recipe: "r")
        for action in [Intention.Action.phase("swap"), .phase("swap"), .rollback, .phase("swap")] {
            try await approval.obtain(Intention(action: action, subject: subject, reached: nil))
        }
        #expect(count.withLock { $0 } == 2)
    }
}
