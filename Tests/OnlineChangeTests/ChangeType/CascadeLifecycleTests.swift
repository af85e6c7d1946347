import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Columns of several tables in one change: rolled back, all is as it was; finished, as after plain ALTER TABLE of each.
@Suite(.timeLimit(.minutes(20)))
struct CascadeLifecycleTests {
    @Test(arguments: CascadeShape.all)
    func rollsBackAndFinishesLikePlainAlter(shape: CascadeShape) async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([shape.setup])
            let original = try await DatabaseState.read(connection)
            let expected = try await DatabaseState.read(connection) { connection throws(PostgresError) in
                try await Self.alterPlainly(shape, on: connection)
            }
            let run = try CascadeRun(shape, in: database)
            for phase in ["backfill", "swap", "expand"] {
                try await run.through(phase)
                try await run.rollback()
                let differences = try await DatabaseState.read(connection)
                    .differences(from: original, ignoringColumnOrder: true)
                #expect(differences.isEmpty, "back from \(phase): \(differences.joined(separator: "\n"))")
                #expect(try await Leftovers.read(connection) == [], "back from \(phase)")
            }
            try await run.through("drop")
            let finished = try await DatabaseState.read(connection)
            #expect(try await Leftovers.read(connection) == [], "finished")
            // The same command again finds nothing to do.
            try await run.through("drop")
            await connection.close()
            let differences = finished.differences(from: expected, ignoringColumnOrder: true)
            #expect(differences.isEmpty, "finished: \(differences.joined(separator: "\n"))")
        }
    }

    private static func alterPlainly(_ shape: CascadeShape, on connection: Connection) async throws(PostgresError) {
        for (table, column) in shape.columns {
            try await PlainTypeChange(table: table, column: column, type: "\(server: shape.type)").run(on: connection)
        }
        guard let name = shape.newName else { return }
        try await connection.script(["ALTER TABLE \(shape.table) RENAME COLUMN \(shape.column) TO \(name)"])
    }
}

/// A change of a shape's columns in a database.
struct CascadeRun {
    var request: ChangeRequest
    let runner: Runner
    private static let change = "the-change"

    init(
        _ shape: CascadeShape,
        in database: ConnectionParameters,
        report: @escaping @Sendable (Event) async -> Void = { _ in }
    ) throws {
        var columns = ["column": shape.column.quoted]
        columns["as"] = shape.newName?.quoted
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("change-type"),
            table: shape.table.quoted,
            columns: columns,
            texts: ["type": shape.type, "cascade": "yes"],
            name: Self.change,
            options: PlanningOptions(acknowledged: shape.acknowledge)
        )
        var runner = Runner(parameters: database, report: report)
        runner.acknowledged = shape.acknowledge
        self.runner = runner
    }

    func plan() async throws -> Plan { try await runner.plan(request) }

    func through(_ phase: String) async throws { try await runner.start(request, through: phase) }

    func rollback() async throws { try await runner.rollback(Self.change) }
}
