import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// The server says which columns a statement uses, and runs nothing of it.
@Suite(.database, .timeLimit(.minutes(20)))
struct StatementParseTests {
    private func with(_ body: (StatementParse, UInt32) async throws -> Void) async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int, name text);
            CREATE TABLE called (at int); CREATE FUNCTION call() RETURNS int IMMUTABLE LANGUAGE plpgsql AS
              'BEGIN INSERT INTO called VALUES (1); RETURN 1; END';
            """
        )
        let session = try await Session.open(database.parameters)
        let table: UInt32 = try await session.value("SELECT 'public.users'::regclass::oid")
        try await body(StatementParse(lockGuard: .onlyRehearsing(observer: session), session: session), table)
        await session.close()
        #expect(try await database.value("SELECT count(*) FROM called") == 0)
        #expect(try await database.value("SELECT count(*) FROM users") == 0)
    }

    @Test func usesOfColumns() async throws {
        try await with { parse, table in
            let statements: [(String, Set<Int>)] = [
                ("SELECT name FROM users WHERE id = $1", [1, 2]), ("SELECT id FROM users WHERE id = call()", [1]),
                ("SELECT * FROM users", [1, 2]), ("UPDATE users SET name = $1", [2]),
                ("INSERT INTO users (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", [1, 2]),
                ("DELETE FROM users WHERE id = ANY ($1)", [1]), ("SELECT name FROM other", []),
                ("SELECT u.id, o.name FROM users u JOIN other o USING (id) -- the end", [1]),
                ("WITH n AS (SELECT name FROM users) SELECT count(*) FROM n", [2]),
                ("SELECT id FROM users FOR UPDATE", [1]),
            ]
            for (number, (statement, columns)) in statements.enumerated() {
                let answer = try await parse.columns(
                    of: statement,
                    number: number,
                    searchPath: "public",
                    tables: [table]
                )
                #expect(answer == .columns(Set(columns.map { ColumnKey(table: table, number: $0) })), "\(statement)")
            }
        }
    }

    @Test func whatItCannotParse() async throws {
        try await with { parse, table in
            let statements = [
                "SELECT nosuch FROM users", "COPY users (name) FROM STDIN", "SELECT 1; DELETE FROM users",
                "SELECT 1; END; DROP TABLE users", "DROP TABLE users", "", "SELECT name FROM elsewhere.users",
            ]
            for (number, statement) in statements.enumerated() {
                let answer = try await parse.columns(
                    of: statement,
                    number: number,
                    searchPath: "public",
                    tables: [table]
                )
                #expect(answer == .unknown, "\(statement)")
            }
        }
    }

    @Test func anEventTriggerIsLeftInPeace() async throws {
        try await with { parse, _ in
            #expect(try await StatementParse.obstacle(parse.session) == nil)
            try await TestDatabase.current.run(
                """
                CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
                CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch();
                """
            )
            #expect(try await StatementParse.obstacle(parse.session) == "an event trigger of this database would fire")
        }
    }
}
