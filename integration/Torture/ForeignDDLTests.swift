import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

extension Torture {
    /// Someone else's DDL between two phases. The next command goes on where nothing is lost by that; else it names what
    /// is missing and what to do, and touches nothing. Rolling back takes away all that is ours, renames and drops no
    /// column of anyone else's, and never drops the last column that holds the values.
    @Suite(.timeLimit(.minutes(20))) struct ForeignDDLTests {
        @Test func betweenPhases() async throws {
            let cases = Torture.of(part: Meddling.all.filter(\.isInPart), whole: Meddling.all)
            let complaints = try await Torture.scenario("another DDL between phases", cases) { each in
                try await withDatabase { parameters in try await run(each, parameters) }
            }
            #expect(complaints == [])
        }

        /// Once with the way forward as the next command, and once with the way back.
        private func run(_ meddling: Meddling, _ parameters: ConnectionParameters) async throws -> [String] {
            let connection = try await Connection.open(parameters)
            try await NeighbourChange.create(connection)
            let change = NeighbourChange(kind: meddling.kind, parameters: parameters, deadline: 3)
            try await change.start(through: meddling.phase)
            try await connection.script([meddling.statements])
            var wrong: [String] = []
            // Forward last where it reaches the end, for nothing leads back from there.
            if case .done = meddling.advance {
                if case .fails = meddling.rollback {
                    wrong += meddling.rollback.complaints("rollback", await failure { try await change.rollback() })
                }
                wrong += meddling.advance.complaints(
                    "advance",
                    await failure { try await change.advance(through: "drop") }
                )
            } else {
                let refused = await failure { try await change.advance(through: "drop") }
                wrong += meddling.advance.complaints("advance", refused)
                wrong += meddling.rollback.complaints("rollback", await failure { try await change.rollback() })
                if let mend = meddling.mend { try await connection.script([mend]) }
                let ended = await failure {
                    try await meddling.endsForward ? change.advance(through: "drop") : change.rollback()
                }
                wrong += ExpectedEnding.done.complaints("at last", ended)
            }
            wrong += try await Leftovers.read(connection).map { "left over: \($0)" }
            if try await !connection.value(Query(meddling.holds)) as Bool { wrong.append("not so: \(meddling.holds)") }
            await connection.close()
            return wrong
        }
    }
}

/// One DDL statement of someone else's, and what must come of it.
struct Meddling: Sendable, CustomStringConvertible {
    let kind: NeighbourChange.Kind
    /// After this phase.
    let phase: String
    let statements: SQL
    let advance: ExpectedEnding
    var rollback = ExpectedEnding.done
    /// What the message said to do, after which rolling back ends.
    var mend: SQL?
    /// Whether going forward ends then instead.
    var endsForward = false
    /// What holds in the end.
    var holds: SQL
    var isInPart = false

    var description: String { "\(kind.rawValue) after \(phase): \(statements)" }

    static let all = columns + tables + ours
}
