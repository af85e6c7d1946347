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

    /// Functions, triggers, indexes and sequences of ours that are neither the ledger's tables nor belong to them.
    func leftovers() async throws -> [String] {
        try await connection.run(
            """
            SELECT pg_describe_object('pg_proc'::regclass, oid, 0) AS object FROM pg_proc
            WHERE pronamespace = to_regnamespace('online_change')
            UNION ALL
            SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) FROM pg_class AS c
            WHERE relnamespace = to_regnamespace('online_change') AND relkind NOT IN ('r', 'i', 't')
              AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'i')
            UNION ALL
            SELECT pg_describe_object('pg_trigger'::regclass, oid, 0) FROM pg_trigger
            WHERE tgname LIKE '%online\\_change %'
            ORDER BY 1
            """
        ).rows.map { try $0["object"] }
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

/// Schema and rows of a database.
struct DatabaseState {
    let portrait: CatalogPortrait
    /// The rows of every table and view by its name, without their order.
    let rows: [String: [String]]

    static func read(_ connection: Connection) async throws -> DatabaseState {
        let relations = try await connection.run(
            """
            SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname !~ '^pg_'
              AND n.nspname NOT IN ('information_schema', 'online_change')
            """
        ).rows.map { QualifiedName(schema: Identifier(try $0["nspname"]), name: Identifier(try $0["relname"])) }
        var rows: [String: [String]] = [:]
        for relation in relations {
            rows[relation.quoted] = try await connection.run(
                #"SELECT ROW(t.*)::text COLLATE "C" AS line FROM \#(relation) AS t ORDER BY 1"#
            ).rows.map { try $0["line"] }
        }
        return DatabaseState(portrait: try await CatalogPortrait.take(on: connection), rows: rows)
    }

    /// What differs from another state, schema first.
    func differences(from other: DatabaseState) -> [String] {
        let tables = Set(rows.keys).union(other.rows.keys).sorted()
        return portrait.differences(from: other.portrait)
            + tables.filter { rows[$0] != other.rows[$0] }.map {
                "rows of \($0): \(other.rows[$0] ?? []) became \(rows[$0] ?? [])"
            }
    }
}
