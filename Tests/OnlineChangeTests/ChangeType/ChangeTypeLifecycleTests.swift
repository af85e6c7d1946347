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
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            guard connection.serverVersion >= shape.version * 1_00_00 else { return await connection.close() }
            try await connection.script([shape.setup])
            let original = try await TableState.read(connection)
            let run = try ChangeTypeRun(shape, in: database)
            if !shape.isDirect {
                for phase in ["backfill", "swap", "expand"] {
                    try await run.through(phase)
                    try await run.rollback()
                    let differences = try await TableState.read(connection).differences(from: original)
                    #expect(differences.isEmpty, "back from \(phase): \(differences.joined(separator: "\n"))")
                    #expect(try await run.leftovers(connection) == [], "back from \(phase)")
                }
            }
            try await run.through("drop")
            let finished = try await TableState.read(connection)
            #expect(try await run.leftovers(connection) == [], "finished")
            // The same command again finds nothing to do.
            try await run.through("drop")
            await connection.close()
            let differences = finished.differences(from: try await plainlyAltered(shape))
            #expect(differences.isEmpty, "finished: \(differences.joined(separator: "\n"))")
        }
    }

    /// What the plain ALTER gives, in a database of its own.
    private func plainlyAltered(_ shape: TypeShape) async throws -> TableState {
        var state: TableState?
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
            state = try await TableState.read(connection)
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

    /// What is left of ours beside the ledger's tables.
    func leftovers(_ connection: Connection) async throws -> [String] {
        try await connection.run(
            """
            SELECT pg_describe_object('pg_proc'::regclass, oid, 0) AS object FROM pg_proc
            WHERE pronamespace = to_regnamespace('online_change')
            UNION ALL
            SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) FROM pg_class AS c
            WHERE (relnamespace = to_regnamespace('online_change') AND relkind NOT IN ('r', 'i', 't')
              AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'i'))
              OR relname LIKE '%\\_next\\_%'
            UNION ALL
            SELECT pg_describe_object('pg_trigger'::regclass, oid, 0) FROM pg_trigger
            WHERE tgname LIKE '%online\\_change %'
            UNION ALL
            SELECT conname FROM pg_constraint WHERE conname LIKE '%\\_next\\_%'
            """
        ).rows.map { try $0["object"] }
    }
}

/// Schema and rows of a database, whatever the order of columns.
struct TableState {
    let portrait: CatalogPortrait
    let rows: [String: [String]]

    static func read(_ connection: Connection) async throws -> TableState {
        let relations = try await connection.run(
            """
            SELECT format('%I.%I', n.nspname, c.relname) AS name,
              (SELECT string_agg(format('t.%I::text', a.attname), ', ' ORDER BY a.attname COLLATE "C") FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname !~ '^pg_'
              AND n.nspname NOT IN ('information_schema', 'online_change')
            """
        ).rows
        var rows: [String: [String]] = [:]
        for relation in relations {
            let name: String = try relation["name"]
            let columns: String = try relation["columns"]
            let lines: SQL =
                #"SELECT ROW(\#(server: columns))::text COLLATE "C" AS line FROM \#(server: name) AS t ORDER BY 1"#
            rows[name] = try await connection.run(Query(lines)).rows.map { try $0["line"] }
        }
        return TableState(portrait: try await CatalogPortrait.take(on: connection), rows: rows)
    }

    func differences(from other: TableState) -> [String] {
        portrait.differences(from: other.portrait, ignoringColumnOrder: true)
            + Set(rows.keys).union(other.rows.keys).sorted().filter { rows[$0] != other.rows[$0] }.map {
                "rows of \($0): \(other.rows[$0] ?? []) became \(rows[$0] ?? [])"
            }
    }
}
