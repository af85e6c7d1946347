import Oracles
import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// A rename that a test asks for in its own database.
struct AskedRename {
    var table = "users"
    var from = "name"
    var to = "full_name"
    var role: Identifier?
    var name: String?
    var acknowledged: Set<String> = []

    private var request: ChangeRequest {
        get throws {
            ChangeRequest(
                recipe: try RecipeReader.builtIn("rename-column"),
                table: table,
                columns: ["from": from, "to": to],
                name: name,
                options: PlanningOptions(acknowledged: acknowledged)
            )
        }
    }

    private var runner: Runner {
        get async throws {
            let database = try TestDatabase.current
            let parameters = if let role { try await database.parameters(as: role) } else { database.parameters }
            var runner = Runner(parameters: parameters) { _ in }
            runner.acknowledged = acknowledged
            runner.lockDeadline = 5
            return runner
        }
    }

    func plan() async throws -> Plan {
        try await runner.plan(request)
    }

    /// What the plan says is worth knowing, a line each, without what every plan says.
    func notes() async throws -> [String] {
        try await plan().findings.filter { finding in
            !finding.message.hasPrefix("until drop it has one column more") && finding.object != "schema online_change"
        }.map { "\($0.consequence): \($0.object): \($0.message)" }
    }

    func start(through phase: String = "backfill") async throws {
        try await runner.start(request, through: phase)
    }

    func advance(through phase: String? = nil) async throws {
        try await runner.advance("users.name-to-full_name", through: phase)
    }

    func rollback() async throws {
        try await runner.rollback(name ?? "users.name-to-full_name")
    }

    /// Kind and text of the failure with which the rename ends before anything in the database has changed.
    func refusal(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await Self.refusal(sourceLocation: sourceLocation) { try await start() }
    }

    /// The same for anything else that is asked for.
    static func refusal(
        sourceLocation: SourceLocation = #_sourceLocation,
        of body: () async throws -> Void
    ) async throws -> String {
        let before = try await portrait()
        var failure: Failure?
        do {
            try await body()
        } catch {
            failure = Failure(error)
        }
        let differences = try await portrait().differences(from: before)
        #expect(differences.isEmpty, "the refusal left traces", sourceLocation: sourceLocation)
        let refused = try #require(failure, "it was not refused", sourceLocation: sourceLocation)
        return "\(refused.kind): \(refused)"
    }

    /// The ledger's schema counts as a change too.
    private static func portrait() async throws -> CatalogPortrait {
        let connection = try await TestDatabase.current.connect()
        let portrait = try await CatalogPortrait.take(on: connection, ignoring: [])
        await connection.close()
        return portrait
    }
}
