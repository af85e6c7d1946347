import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Whatever the table looks like: rolled back, it is as it was; finished, it is as after plain ALTER TABLE.
@Suite(.timeLimit(.minutes(20)))
struct ChangeTypeLifecycleTests {
    @Test(arguments: TypeShape.all)
    func rollsBackAndFinishesLikePlainAlter(shape: TypeShape) async throws {
        for name in shape.extensions where await !TestServer.hasExtension(name) { return }
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            guard connection.serverVersion >= shape.version * 1_00_00 else { return await connection.close() }
            try await connection.script([shape.setup])
            let original = try await DatabaseState.read(connection)
            let run = try ChangeTypeRun(shape, in: database)
            if !shape.isDirect {
                for phase in ["backfill", "swap", "expand"] {
                    try await run.through(phase)
                    try await run.rollback()
                    let differences = try await DatabaseState.read(connection)
                        .differences(from: original, ignoringColumnOrder: true)
                    #expect(differences.isEmpty, "back from \(phase): \(differences.joined(separator: "\n"))")
                    #expect(try await Leftovers.read(connection) == [], "back from \(phase)")
                }
            }
            try await run.through("drop")
            let finished = try await DatabaseState.read(connection)
            #expect(try await Leftovers.read(connection) == [], "finished")
            // The same command again finds nothing to do.
            try await run.through("drop")
            await connection.close()
            let differences = finished.differences(
                from: try await plainlyAltered(shape),
                ignoringColumnOrder: true
            )
            #expect(differences.isEmpty, "finished: \(differences.joined(separator: "\n"))")
        }
    }

    /// Partitioned tables apart, for a look at them alone.
    @Test(arguments: TypeShape.partitions)
    func partitionsRollBackAndFinishLikePlainAlter(shape: TypeShape) async throws {
        try await rollsBackAndFinishesLikePlainAlter(shape: shape)
    }

    /// What the plain ALTER gives, in a database of its own.
    private func plainlyAltered(_ shape: TypeShape) async throws -> DatabaseState {
        var state: DatabaseState?
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([shape.setup])
            let using: SQL = shape.using.map { " USING \(server: $0)" } ?? ""
            let alter: SQL =
                "ALTER TABLE \(shape.table) ALTER COLUMN \(shape.column) TYPE \(server: shape.type)\(using)"
            var statements = [shape.before, alter, shape.after].filter { !$0.text.isEmpty }
            if let name = shape.newName {
                statements.append("ALTER TABLE \(shape.table) RENAME COLUMN \(shape.column) TO \(name)")
            }
            try await connection.script(statements)
            state = try await DatabaseState.read(connection)
            await connection.close()
        }
        return try #require(state)
    }
}

/// A change of a shape's column in a database.
struct ChangeTypeRun {
    let request: ChangeRequest
    let runner: Runner
    private static let change = "the-change"

    init(
        _ shape: TypeShape,
        in database: ConnectionParameters,
        report: @escaping @Sendable (Event) async -> Void = { _ in }
    ) throws {
        var columns = ["column": shape.column.quoted]
        columns["as"] = shape.newName?.quoted
        var texts = ["type": shape.type]
        texts["using"] = shape.using
        texts["reverse"] = shape.reverse
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn("change-type"),
            table: shape.table.quoted,
            columns: columns,
            texts: texts,
            name: Self.change,
            options: PlanningOptions(
                allowsLoss: shape.allowsLoss,
                isOneWay: shape.isOneWay,
                acknowledged: shape.acknowledge
            )
        )
        var runner = Runner(parameters: database, report: report)
        runner.acknowledged = shape.acknowledge
        self.runner = runner
    }

    func through(_ phase: String) async throws { try await runner.start(request, through: phase) }

    func rollback() async throws { try await runner.rollback(Self.change) }
}
