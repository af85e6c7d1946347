import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// What is said of columns that refer to one whose type changes, and what can't go along.
@Suite(.database, .timeLimit(.minutes(20)))
struct CascadeCheckTests {
    private static let tables: SQL = """
        CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item SELECT g FROM generate_series(1, 40) g;
        CREATE TABLE line (id int PRIMARY KEY, item int REFERENCES item); INSERT INTO line SELECT id, id FROM item;
        """

    private func prepare(_ more: SQL = "") async throws -> (Connection, ConnectionParameters) {
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script([Self.tables, more])
        return (connection, parameters)
    }

    private func run(
        _ parameters: ConnectionParameters,
        texts: [String: String] = [:],
        report: @escaping @Sendable (Event) async -> Void = { _ in }
    ) throws -> CascadeRun {
        var run = try CascadeRun(
            CascadeShape(name: "", companions: ["line.item"], setup: ""),
            in: parameters,
            report: report
        )
        run.request.texts.merge(texts) { $1 }
        return run
    }

    @Test("Without --cascade the plan names the columns that will overflow, and no others")
    func leftBehind() async throws {
        let (connection, parameters) = try await prepare(
            """
            CREATE TABLE wide (item bigint REFERENCES item); CREATE TABLE narrow (item smallint REFERENCES item);
            CREATE DOMAIN number AS int; CREATE TABLE domained (item number REFERENCES item);
            CREATE TABLE far (line int REFERENCES line (id)); CREATE TABLE self (item int REFERENCES item);
            """
        )
        await connection.close()
        var run = try run(parameters)
        func named(_ plan: Plan) -> [String] {
            plan.findings.filter { $0.message.contains("overflows") }.map(\.object)
        }
        #expect(named(try await run.plan()) == ["column public.domained.item"])
        run.request.texts["cascade"] = nil
        let plan = try await run.plan()
        #expect(
            named(plan) == [
                "column public.domained.item", "column public.line.item", "column public.narrow.item",
                "column public.self.item",
            ]
        )
        #expect(plan.companions.isEmpty)
    }

    @Test(
        arguments: [
            (
                "CREATE TABLE part (item int REFERENCES item) PARTITION BY LIST (item)", "column public.part.item",
                "table public.part is partitioned"
            ),
            (
                "CREATE MATERIALIZED VIEW copy AS SELECT item FROM line", "materialized view public.copy",
                "can't be rebuilt"
            ),
            (
                "ALTER TABLE line ADD twice int GENERATED ALWAYS AS (item * 2) STORED", "generated column twice",
                "can't be carried"
            ),
            (
                "CREATE ROLE stranger; ALTER TABLE line OWNER TO stranger; ",
                "constraint line_item_fkey on public.line",
                "different owners"
            ),
            (
                "CREATE TABLE parent (item int); CREATE TABLE child (FOREIGN KEY (item) REFERENCES item) INHERITS (parent)",
                "table public.child", "child of"
            ),
        ] as [(SQL, String, String)]
    )
    func refused(setup: SQL, object: String, reason: String) async throws {
        let (connection, parameters) = try await prepare(setup)
        let before = try await DatabaseState.read(connection)
        let run = try run(parameters)
        let failure = await #expect(throws: Failure.self) { try await run.through("expand") }
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains(object) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
        #expect(try await DatabaseState.read(connection).differences(from: before) == [])
        if reason.contains("owners") { try await connection.script(["DROP OWNED BY stranger", "DROP ROLE stranger"]) }
        await connection.close()
    }

    @Test("An expression speaks of one column")
    func expression() async throws {
        let (connection, parameters) = try await prepare()
        await connection.close()
        let run = try run(parameters, texts: ["using": "id"])
        let failure = await #expect(throws: Failure.self) { try await run.plan() }
        #expect(failure?.message.contains("column public.line.item") == true)
        #expect(failure?.message.contains("--using") == true)
    }

    @Test("While a change goes on, no other may work on a column that goes along")
    func otherChange() async throws {
        let (connection, parameters) = try await prepare()
        let run = try run(parameters)
        try await run.through("expand")
        let rename = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: "line",
            columns: ["from": "item", "to": "item_id"]
        )
        let failure = await #expect(throws: Failure.self) {
            try await Runner(parameters: parameters) { _ in }.plan(rename)
        }
        #expect(failure?.message.contains("the change the-change (number 1) works on it") == true)
        // Nor does it begin while another works on one.
        try await run.rollback()
        try await Runner(parameters: parameters) { _ in }.start(rename, through: "expand")
        let late = await #expect(throws: Failure.self) { try await run.plan() }
        #expect(late?.message.contains("column public.line.item: the change line.item-to-item_id") == true)
        await connection.close()
    }

    @Test("What the old type can't hold in one of the tables is named before anything goes back")
    func comesBack() async throws {
        let (connection, parameters) = try await prepare()
        let run = try run(parameters)
        try await run.through("swap")
        try await connection.script([
            "INSERT INTO item (id) VALUES (3000000000)", "INSERT INTO line (id, item) VALUES (41, 3000000000)",
            "DELETE FROM line WHERE id = 41", "DELETE FROM item WHERE id = 3000000000",
            "INSERT INTO item (id) VALUES (3000000001)", "INSERT INTO line (id, item) VALUES (42, 3000000001)",
        ])
        let failure = await #expect(throws: Failure.self) { try await run.rollback() }
        #expect(failure?.kind == .data)
        #expect(failure?.message.contains("3000000001") == true, "\(failure?.message ?? "")")
        try await connection.script(["DELETE FROM line WHERE id = 42; DELETE FROM item WHERE id > 2147483647"])
        try await run.rollback()
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    @Test("A table that is dropped meanwhile is left out", arguments: ["backfill", "swap"])
    func dropped(phase: String) async throws {
        let (connection, parameters) = try await prepare("CREATE TABLE third (item int REFERENCES item)")
        let run = try run(parameters)
        try await run.through(phase)
        try await connection.script(["DROP TABLE line"])
        if phase == "swap" {
            let failure = await #expect(throws: Failure.self) { try await run.rollback() }
            #expect(failure?.message.contains("table public.line is gone since the swap") == true)
            try await run.through("drop")
        } else {
            let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
            #expect(failure?.message.contains("table public.line is gone") == true)
            try await run.rollback()
        }
        #expect(try await Leftovers.read(connection) == [])
        let type: String = try await connection.value(
            "SELECT pg_typeof(item)::text FROM (SELECT NULL) n LEFT JOIN third ON true"
        )
        #expect(type == (phase == "swap" ? "bigint" : "integer"))
        await connection.close()
    }

    @Test("Status says which table the backfill is at; the next comparison looks at each")
    func status() async throws {
        let (connection, parameters) = try await prepare()
        let run = try run(parameters)
        try await run.through("backfill")
        let status = try #require(try await ChangeStatus.read(parameters, change: "the-change").first)
        #expect(status.progress?.activity == "backfill of public.line")
        #expect(
            status.destruction
                == "This drops the legacy columns of public.item, public.line, and there is no way back from it."
        )
        // Behind the triggers' backs: each table's own comparison finds and mends it.
        try await connection.script([
            "SET session_replication_role = replica", "ALTER TABLE line DISABLE TRIGGER ALL",
            "UPDATE line SET item = 40 WHERE id = 7",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"!online_change item_new in i\"",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"!online_change item_new in u\"",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"~online_change item_new out\"", "RESET session_replication_role",
            "ALTER TABLE line ENABLE TRIGGER ALL",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"!online_change item_new in i\"",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"!online_change item_new in u\"",
            "ALTER TABLE line ENABLE ALWAYS TRIGGER \"~online_change item_new out\"",
        ])
        let failure = await #expect(throws: Failure.self) {
            try await run.runner.verify("the-change", repair: false)
        }
        #expect(failure?.message.contains("1 of 80 rows differ") == true, "\(failure?.message ?? "")")
        try await run.through("swap")
        #expect(try await connection.value("SELECT item FROM line WHERE id = 7") as Int == 40)
        try await run.through("drop")
        await connection.close()
    }
}
