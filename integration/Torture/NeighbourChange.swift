import OnlineChange
import Oracles
import Postgres
import TestSupport

/// A change of a small table by one of the three recipes, with a neighbour to come.
struct NeighbourChange: Sendable {
    /// Which recipe.
    enum Kind: String, CaseIterable, Sendable {
        case rename, changeType, addNotNull

        var recipe: any RecipeUnderTest {
            switch self {
            case .rename: RenameUnderTest(table: NeighbourChange.table, from: "name", to: "full_name")
            case .changeType: TypeChangeUnderTest(table: NeighbourChange.table, column: "number", type: "bigint")
            case .addNotNull: NotNullUnderTest(table: NeighbourChange.table, column: "city", fill: "'nowhere'")
            }
        }
    }

    static let name = "the-change"
    static let table = QualifiedName(schema: "public", name: "item")
    static let rows = 400

    let kind: Kind
    let parameters: ConnectionParameters
    let events = EventLog()
    var deadline = 20.0
    var limits: Limits = [:]

    /// The table: rows of which every third has NULL in `city`, and an index on each column that changes.
    static func create(_ connection: Connection, rows: Int = rows) async throws {
        try await connection.script([
            "CREATE TABLE public.item (id bigint PRIMARY KEY, name text, number int, city text, filler text)",
            """
            INSERT INTO public.item SELECT g, 'name ' || g, g, CASE WHEN g % 3 > 0 THEN 'city ' || g END, repeat('x', 70)
            FROM generate_series(1, \(rows)) g
            """,
            "CREATE INDEX item_name ON public.item (name)", "CREATE UNIQUE INDEX item_number ON public.item (number)",
            "ANALYZE public.item",
        ])
    }

    /// Gives the table to a role that has no more rights than a change needs.
    static func give(to role: Identifier, in database: TestDatabase) async throws {
        try await database.run(
            """
            ALTER TABLE public.item OWNER TO \(role); GRANT CREATE ON SCHEMA public TO \(role);
            GRANT CREATE ON DATABASE \(Identifier(database.name)) TO \(role)
            """
        )
    }

    private var runner: Runner {
        var runner = Runner(parameters: parameters) { [events] in events.add($0) }
        runner.lockDeadline = deadline
        return runner
    }

    func start(through phase: String) async throws {
        var request = try kind.recipe.request
        request.name = Self.name
        request.limits = limits
        try await runner.start(request, through: phase)
    }

    func advance(through phase: String) async throws { try await runner.advance(Self.name, through: phase) }

    func rollback() async throws { try await runner.rollback(Self.name) }

    func verify(repair: Bool) async throws { try await runner.verify(Self.name, repair: repair) }

    /// What the plain statements would give.
    func expected(_ connection: Connection) async throws -> DatabaseState {
        let recipe = kind.recipe
        return try await DatabaseState.read(connection) { connection throws(PostgresError) in
            try await recipe.plainly(on: connection)
        }
    }

    /// How the database differs from a state, and what of ours is left in it.
    static func differences(from expected: DatabaseState, _ connection: Connection) async throws -> [String] {
        try await DatabaseState.read(connection).differences(from: expected, ignoringColumnOrder: true)
            + Leftovers.read(connection).map { "left over: \($0)" }
    }
}

/// How a command should end: by itself, or with a failure that says this and what to do.
enum ExpectedEnding: Sendable {
    case done
    case fails(Failure.Kind, String)

    /// What is wrong with how it did end.
    func complaints(_ command: String, _ failure: Failure?) -> [String] {
        switch (self, failure) {
        case (.done, nil): return []
        case (.done, let failure?): return ["\(command): \(failure)"]
        case (.fails(_, let text), nil): return ["\(command) went on, and should have said '\(text)'"]
        case (.fails(let kind, let text), let failure?):
            var wrong: [String] = []
            if failure.kind != kind { wrong.append("\(command) failed as \(failure.kind), not \(kind): \(failure)") }
            if !failure.message.contains(text) { wrong.append("\(command) doesn't say '\(text)': \(failure)") }
            if failure.next == nil { wrong.append("\(command) doesn't say what to do: \(failure)") }
            return wrong
        }
    }
}
