import OnlineChange
import Oracles
import Postgres

/// A rename of a shape's column in a database, and what the database looks like.
struct ShapeRename: Sendable {
    let shape: Shape
    let connection: Connection
    private let runner: Runner
    private let request: ChangeRequest
    private var change: String { "change-of-\(shape.from)" }

    /// - Parameter user: parameters of the role that runs the tool; nil for the superuser.
    init(_ shape: Shape, in database: ConnectionParameters, as user: ConnectionParameters? = nil) async throws {
        self.shape = shape
        connection = try await Connection.open(database)
        var runner = Runner(parameters: user ?? database) { _ in }
        runner.acknowledged = shape.acknowledge
        self.runner = runner
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: shape.table.quoted,
            columns: ["from": shape.from.quoted, "to": shape.to.quoted],
            name: "change-of-\(shape.from)",
            options: PlanningOptions(acknowledged: shape.acknowledge)
        )
    }

    func start(through phase: String) async throws {
        try await runner.start(request, through: phase)
    }

    func rollback() async throws {
        try await runner.rollback(change)
    }

    func state() async throws -> DatabaseState {
        try await DatabaseState.read(connection)
    }

    /// Rows in which the two columns don't read the same.
    func differingRows() async throws -> Int {
        try await connection.value(
            """
            SELECT count(*) FROM \(shape.table) AS t
            WHERE format('%L', t.\(shape.from)) COLLATE "C" <> format('%L', t.\(shape.to)) COLLATE "C"
            """
        )
    }

    /// What is left of the change.
    func leftovers() async throws -> [String] {
        try await Leftovers.read(connection)
    }

    /// Runs the shape's writes, every second one by the old name.
    func writeByEitherName() async throws {
        for (number, (old, new)) in zip(shape.writes(shape.from), shape.writes(shape.to)).enumerated() {
            try await connection.run(Query(number.isMultiple(of: 2) ? old : new))
        }
    }

    /// Does what the tool replaces.
    func renamePlainly() async throws {
        try await connection.run("ALTER TABLE \(shape.table) RENAME COLUMN \(shape.from) TO \(shape.to)")
    }

    /// Runs the shape's writes by the new name.
    func writeByNewName() async throws {
        for statement in shape.writes(shape.to) {
            try await connection.run(Query(statement))
        }
    }
}
