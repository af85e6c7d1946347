import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// A text that can't be shown to mean what the object does is refused before anything is touched.
@Suite(
    .database,
    .timeLimit(.minutes(20)),
    .enabled { await TestServer.canRun("SELECT 1 / count(*) FROM pg_available_extensions WHERE name = 'citext'") }
)
struct HiddenOperatorTests {
    private static let setup: SQL = """
        CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app;
        CREATE TABLE item (id int PRIMARY KEY, name app.citext, value int, other varchar(9), word text);
        INSERT INTO item VALUES (1, 'a', 1, 'b', 'w');
        CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; SET search_path = public, app;
        """

    /// An operator that came later to the schema would take the place of pg_catalog's.
    private static let capture: SQL = """
        RESET search_path; CREATE FUNCTION app.same(varchar, varchar) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR app.= (FUNCTION = app.same, LEFTARG = varchar, RIGHTARG = varchar)
        """

    @Test(
        arguments: [
            (
                """
                CREATE TRIGGER touched AFTER UPDATE OF name, value ON item FOR EACH ROW
                WHEN (OLD.name IS DISTINCT FROM NEW.name OR CASE OLD.other WHEN NEW.other THEN false ELSE true END)
                EXECUTE FUNCTION nothing();
                """, "trigger touched", true
            ),
            (
                "CREATE INDEX found ON item (name, value) WHERE name IS DISTINCT FROM 'b' AND CASE other WHEN other THEN true END;",
                "index found", true
            ),
            (
                "CREATE VIEW near AS SELECT value FROM item JOIN (SELECT name, other FROM item) b USING (name, other);",
                "view public.near", false
            ),
        ] as [(SQL, String, Bool)]
    )
    func captured(object: SQL, named: String, isOfName: Bool) async throws {
        let connection = try await Connection.open(TestDatabase.current.parameters)
        try await connection.script([Self.setup, object, Self.capture])
        let before = try await DatabaseState.read(connection)
        let requests = try [change("rename-column", ["from": "name", "to": "full_name"]), type("value", "bigint")]
        for request in isOfName ? requests : [requests[1]] {
            let failure = await #expect(throws: Failure.self) { try await start(request) }
            #expect(failure?.kind == .refused)
            #expect(failure?.message.hasPrefix("\(named): it compares by an operator '='") == true, "\(failure as Any)")
            #expect(failure?.left == "Nothing was changed.")
        }
        #expect(try await DatabaseState.read(connection).differences(from: before) == [])
        await connection.close()
    }

    @Test("Where the user's own search_path would not find the new type's operator, it must")
    func typeElsewhere() async throws {
        let connection = try await Connection.open(TestDatabase.current.parameters)
        try await connection.script([
            Self.setup,
            """
            CREATE TRIGGER touched AFTER UPDATE OF word ON item FOR EACH ROW WHEN (OLD.word IS DISTINCT FROM NEW.word)
            EXECUTE FUNCTION nothing()
            """,
        ])
        let failure = await #expect(throws: Failure.self) { try await start(try type("word", "app.citext")) }
        #expect(failure?.message.hasPrefix("trigger touched: with the new type") == true, "\(failure as Any)")
        #expect(failure?.next?.contains("PGOPTIONS") == true)
        await connection.close()
    }

    @Test("Our functions look in pg_catalog alone, so an expression of the user's must name such an operator")
    func expressions() async throws {
        let connection = try await Connection.open(TestDatabase.current.parameters)
        try await connection.script([
            Self.setup,
            """
            DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, app', current_database()); END$$;
            UPDATE item SET value = NULL
            """,
        ])
        for (recipe, column, key, hidden, named) in [
            (
                "add-not-null", "value", "fill", "CASE name WHEN 'A' THEN 1 ELSE 2 END",
                "CASE WHEN name OPERATOR(app.=) 'A' THEN 1 ELSE 2 END"
            ),
            (
                "change-type", "name", "using", "CASE name WHEN 'A' THEN 1 ELSE 2 END",
                "CASE WHEN name OPERATOR(app.=) 'A' THEN 1 ELSE 2 END"
            ),
        ] {
            for (expression, isRefused) in [(hidden, true), (named, false)] {
                var texts = [key: expression]
                if recipe == "change-type" {
                    texts["type"] = "int"
                    texts["reverse"] = "CASE WHEN name = 1 THEN 'a'::app.citext END"
                }
                let request = try change(recipe, ["column": column], texts)
                if isRefused {
                    let failure = await #expect(throws: Failure.self) { try await start(request) }
                    #expect(failure?.message.contains("an operator '='") == true, "\(failure as Any)")
                } else {
                    let runner = try Runner(parameters: TestDatabase.current.parameters) { _ in }
                    try await runner.start(request, through: "drop")
                }
            }
        }
        #expect(try await connection.value("SELECT name = 1 AND value = 1 FROM item"))
        await connection.close()
    }

    @Test("The path stands in the plan, for the statement alone")
    func planned() async throws {
        let connection = try await Connection.open(TestDatabase.current.parameters)
        try await connection.script([
            Self.setup,
            """
            CREATE INDEX found ON item (name) WHERE name IS DISTINCT FROM 'b';
            CREATE TRIGGER touched AFTER UPDATE OF name ON item FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
            EXECUTE FUNCTION nothing()
            """,
        ])
        let parameters = try TestDatabase.current.parameters
        let request = try change("rename-column", ["from": "name", "to": "full_name"])
        let plan = try await Runner(parameters: parameters) { _ in }.plan(request)
        let statements = plan.steps.flatMap { $0.step.action.statements }.map(\.text)
        for (start, scope) in [("CREATE OR REPLACE TRIGGER", "LOCAL "), ("CREATE INDEX CONCURRENTLY", "")] {
            let place = try #require(statements.firstIndex { $0.hasPrefix(start) && $0.contains("DISTINCT") })
            #expect(statements[place - 1] == "SET \(scope)search_path = pg_catalog, \"app\", pg_temp")
            #expect(statements[place + 1] == "SET \(scope)search_path = pg_catalog, pg_temp")
        }
        await connection.close()
    }

    private func change(
        _ recipe: String,
        _ columns: [String: String],
        _ texts: [String: String] = [:]
    ) throws -> ChangeRequest {
        ChangeRequest(recipe: try RecipeReader.builtIn(recipe), table: "item", columns: columns, texts: texts)
    }

    private func type(_ column: String, _ type: String) throws -> ChangeRequest {
        try change("change-type", ["column": column], ["type": type])
    }

    private func start(_ request: ChangeRequest) async throws {
        try await Runner(parameters: TestDatabase.current.parameters) { _ in }.start(request, through: "expand")
    }
}
