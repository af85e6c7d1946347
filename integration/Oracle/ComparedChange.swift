import Foundation
import OnlineChange
import Oracles
import Postgres

/// What came of a change that was compared with the plain DDL.
enum Comparison: Sendable {
    /// Rolled back it left nothing, finished it is what the plain DDL gives.
    case equal
    /// The tool refused it before it touched anything, and named what stands in the way.
    case refused(reason: String)
    /// The server refuses the plain DDL, so there is nothing to compare with.
    case impossible
    /// It is not.
    case different([String])
}

/// Makes a change with the tool and compares what it leaves with the original and with the plain DDL's outcome.
struct ComparedChange: Sendable {
    let recipe: any RecipeUnderTest
    /// The change's name in the ledger.
    let name: String
    /// The phase from which it is rolled back before it is made for good.
    let rollbackFrom: String
    let parameters: ConnectionParameters
    let connection: Connection

    /// Starts from the database as it is now.
    func run() async throws -> Comparison {
        try await run(from: DatabaseState.read(connection)).outcome
    }

    /// - Parameter original: the database as it is now.
    /// - Returns: the outcome, and the database as it is then unless it differs from what it should be.
    func run(from original: DatabaseState) async throws -> (outcome: Comparison, state: DatabaseState) {
        let expected: DatabaseState
        do {
            expected = try await DatabaseState.read(connection) { connection throws(PostgresError) in
                try await recipe.plainly(on: connection)
            }
        } catch {
            if case .server = error { return (.impossible, original) }
            throw error
        }
        let outcome = try await compare(original, expected)
        guard case .equal = outcome else { return (outcome, original) }
        // A column that was added stands last, which the plain DDL's doesn't.
        return (outcome, recipe.keepsColumnOrder ? expected : try await .read(connection))
    }

    private func compare(_ original: DatabaseState, _ expected: DatabaseState) async throws -> Comparison {
        var acknowledged: Set<String> = []
        if let failure = await start(through: rollbackFrom, &acknowledged) {
            guard failure.left == "Nothing was changed.", [.refused, .privilege].contains(failure.kind) else {
                return .different(["through \(rollbackFrom): \(failure)"])
            }
            return try await refusal(failure, original)
        }
        var differences: [String] = []
        let rollback = await failure { try await runner(acknowledged).rollback(name) }
        // There is no way back from what the server changes in place, and nothing to go back from where nothing was to do.
        let ends = ["it was made in place, and there is no way back", "there is no change '\(name)'"]
        if let rollback, !ends.contains(where: { rollback.message.contains($0) }) {
            return .different(["rollback from \(rollbackFrom): \(rollback)"])
        }
        if rollback == nil {
            let found =
                recipe.restoresRows
                ? try await self.differences(from: original)
                : try await DatabaseState.read(connection).portrait.differences(from: original.portrait)
                    + Leftovers.read(connection)
            differences = found.map { "rolled back from \(rollbackFrom): \($0)" }
        }
        if let failure = await start(through: "drop", &acknowledged) {
            return .different(differences + ["through drop: \(failure)"])
        }
        let finished = try await DatabaseState.read(connection)
        differences += finished.differences(from: expected, ignoringColumnOrder: !recipe.keepsColumnOrder)
            .map { "finished: \($0)" }
        differences += try await Leftovers.read(connection).map { "finished, left over: \($0)" }
        return differences.isEmpty ? .equal : .different(differences)
    }

    private func runner(_ acknowledged: Set<String>) -> Runner {
        var runner = Runner(parameters: parameters) { _ in }
        runner.acknowledged = acknowledged
        runner.lockDeadline = 60
        return runner
    }

    /// Takes note of whatever the tool asks one to, as a person would who knows that it is so.
    private func start(through phase: String, _ acknowledged: inout Set<String>) async -> Failure? {
        while true {
            let known = acknowledged
            let ended = await failure {
                var request = try recipe.request
                request.name = name
                request.options = PlanningOptions(
                    allowsLoss: true,
                    isOneWay: rollbackFrom != "swap",
                    acknowledged: known
                )
                try await runner(known).start(request, through: phase)
            }
            acknowledged.formUnion(ended.map(Self.acknowledgeable) ?? [])
            if acknowledged == known { return ended }
        }
    }

    private func differences(from other: DatabaseState) async throws -> [String] {
        try await DatabaseState.read(connection).differences(from: other)
            + Leftovers.read(connection).map { "+ left over: \($0)" }
    }

    /// A refusal counts as one only if it says which object is the matter, and what to do, and did nothing.
    private func refusal(_ failure: Failure, _ original: DatabaseState) async throws -> Comparison {
        let line = failure.message.split(separator: "\n").first.map(String.init) ?? ""
        guard failure.next != nil, let named = line.firstMatch(of: /^([a-z]+) .+?: (.*)$/) else {
            return .different(["a refusal without an object or a way out: \(failure)"])
        }
        let differences = try await differences(from: original)
        guard differences.isEmpty else { return .different(differences.map { "refused: \($0)" }) }
        var reason = String(named.2)
        for name in recipe.names.sorted(by: { $0.count > $1.count }) {
            for end in [" ", ",", ";", ":"] { reason = reason.replacing(" \(name)\(end)", with: " …\(end)") }
        }
        return .refused(reason: "\(named.1): \(reason.prefix(90))")
    }

    /// The objects that a refusal says can be taken note of.
    private static func acknowledgeable(_ failure: Failure) -> [String] {
        (failure.next ?? "").split(separator: "\n").compactMap { line in
            line.firstMatch(of: /--acknowledge '(.*)'$/).map { String($0.1) }
        }
    }
}
