import OnlineChange
import Oracles
import Postgres
import Synchronization
import TestSupport

/// A change that makes a column NOT NULL, in a database of its own.
struct NotNullChange: Sendable {
    static let name = "the-change"

    let connection: Connection
    let events = Notices()
    private let shape: NotNullShape
    private let runner: Runner
    private let request: ChangeRequest

    /// - Parameter user: parameters of the role that runs the tool; nil for the superuser.
    init(
        _ shape: NotNullShape,
        in database: ConnectionParameters,
        as user: ConnectionParameters? = nil,
        keepsFilling: Bool = false
    ) async throws {
        self.shape = shape
        connection = try await Connection.open(database)
        var conninfo = (user ?? database).conninfo ?? ""
        if let path = shape.searchPath { conninfo += " options='-c search_path=\(path.replacing(" ", with: ""))'" }
        var runner = Runner(parameters: ConnectionParameters(conninfo: conninfo)) { [events] in events.add($0) }
        runner.acknowledged = shape.acknowledge
        runner.lockDeadline = 5
        self.runner = runner
        var texts: [String: String] = [:]
        texts["fill"] = shape.fill
        if keepsFilling { texts["keep-filling"] = "yes" }
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("add-not-null"),
            table: shape.table.quoted,
            columns: ["column": shape.column.quoted],
            texts: texts,
            name: Self.name,
            options: PlanningOptions(acknowledged: shape.acknowledge)
        )
    }

    /// A change that has been set up and taken through a phase, in the test's own database.
    static func begun(_ shape: NotNullShape, through phase: String, keepsFilling: Bool = false) async throws
        -> NotNullChange
    {
        let change = try await NotNullChange(shape, in: TestDatabase.current.parameters, keepsFilling: keepsFilling)
        try await change.setUp()
        try await change.start(through: phase)
        return change
    }

    /// With what it stops on the way to a phase.
    func refusal(through phase: String) async throws -> Failure {
        try await Self.refusal { try await start(through: phase) }
    }

    /// With what anything else ends.
    static func refusal(_ body: () async throws -> Void) async throws -> Failure {
        do {
            try await body()
        } catch {
            return Failure(error)
        }
        throw NoRefusal()
    }

    private struct NoRefusal: Error {}

    func setUp() async throws {
        try await connection.script([shape.setup, shape.nulls])
    }

    func plan() async throws -> Plan { try await runner.plan(request) }

    func start(through phase: String) async throws { try await runner.start(request, through: phase) }

    func rollback() async throws { try await runner.rollback(Self.name) }

    func verify(repair: Bool = false) async throws { try await runner.verify(Self.name, repair: repair) }

    func run(_ statements: SQL...) async throws {
        for statement in statements { try await connection.run(Query(statement)) }
    }

    func state() async throws -> DatabaseState { try await DatabaseState.read(connection) }

    /// The first column of all rows, as the server writes it.
    func rows(_ query: Query) async throws -> [String] {
        try await connection.run(query).rows.map { try $0.first() }
    }

    func nulls() async throws -> Int {
        try await connection.value(
            "SELECT count(*) FROM \(shape.table) WHERE pg_catalog.num_nulls(\(shape.column)) > 0"
        )
    }

    /// Does what the tool replaces.
    func changePlainly() async throws {
        if let path = shape.searchPath { try await connection.run("SELECT set_config('search_path', \(path), false)") }
        if let fill = shape.fill {
            let value: SQL = "\(server: fill)"
            try await connection.run(
                "UPDATE \(shape.table) SET \(shape.column) = \(value) WHERE num_nulls(\(shape.column)) > 0"
            )
        }
        try await connection.run("ALTER TABLE \(shape.table) ALTER COLUMN \(shape.column) SET NOT NULL")
        try await connection.run("RESET search_path")
    }

    /// Functions and triggers of ours.
    func leftovers() async throws -> [String] {
        try await rows(
            """
            SELECT pg_describe_object('pg_proc'::regclass, oid, 0) FROM pg_proc
            WHERE pronamespace = to_regnamespace('online_change')
            UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgname LIKE '%online\\_change %'
            """
        )
    }
}

/// What a runner told.
final class Notices: Sendable {
    private let events = Mutex<[Event]>([])

    func add(_ event: Event) { events.withLock { $0.append(event) } }

    var texts: [String] { events.withLock { $0 }.compactMap { $0.text(isVerbose: true) } }
}
