import OnlineChange
import Postgres
import TestSupport
import Testing

/// What becomes of statements that leave NULL in the column, and of the rows that they were about.
@Suite(.database, .timeLimit(.minutes(20)))
struct FillTests {
    @Test("From expand until drop every way of writing NULL is filled, and nothing else is touched")
    func everyWrite() async throws {
        let change = try await NotNullChange.begun(.text("writes", "ALTER TABLE item ADD note text"), through: "expand")
        try await change.run(
            "INSERT INTO item (id, name) VALUES (21, NULL), (22, 'own')",
            "INSERT INTO item (id, name) VALUES (23, DEFAULT)",
            "INSERT INTO item SELECT 24, NULL",
            "UPDATE item SET name = NULL WHERE id = 1",
            "UPDATE item SET note = 'x' WHERE id = 3",
            "INSERT INTO item (id, name) VALUES (2, 'n') ON CONFLICT (id) DO UPDATE SET name = NULL",
            "SET session_replication_role = replica",
            "INSERT INTO item (id) VALUES (25)",
            "RESET session_replication_role",
            "UPDATE item SET name = 'kept' WHERE id = 4"
        )
        #expect(
            try await change.rows(
                "SELECT id || ' ' || coalesce(name, '-') FROM item WHERE id IN (1, 2, 3, 4, 6, 21, 22, 23, 24, 25) ORDER BY id"
            ) == [
                "1 unknown", "2 unknown", "3 unknown", "4 kept", "6 -", "21 unknown", "22 own", "23 unknown",
                "24 unknown", "25 unknown",
            ]
        )
        try await change.start(through: "swap")
        try await change.run("UPDATE item SET name = NULL WHERE id = 5")
        #expect(try await change.rows("SELECT name FROM item WHERE id = 5") == ["unknown"])
        try await change.start(through: "drop")
        #expect(await failure { try await change.run("UPDATE item SET name = NULL WHERE id = 5") } == "23502")
    }

    @Test("MERGE fills too", .server(from: 15))
    func merge() async throws {
        let change = try await NotNullChange.begun(.text("merge"), through: "expand")
        try await change.run(
            """
            MERGE INTO item USING (VALUES (1), (31)) AS v(n) ON id = n
            WHEN MATCHED THEN UPDATE SET name = NULL WHEN NOT MATCHED THEN INSERT (id) VALUES (n)
            """
        )
        #expect(try await change.rows("SELECT name FROM item WHERE id IN (1, 31)") == ["unknown", "unknown"])
    }

    @Test("Kept after drop, the trigger goes on")
    func keepsFilling() async throws {
        let change = try await NotNullChange.begun(.text("kept"), through: "drop", keepsFilling: true)
        try await change.run("UPDATE item SET name = NULL WHERE id = 5")
        #expect(try await change.rows("SELECT name FROM item WHERE id = 5") == ["unknown"])
        #expect(try await change.leftovers().count == 2)
        #expect(
            try await change.rows(
                "SELECT attnotnull::text FROM pg_attribute WHERE attrelid = 'item'::regclass AND attname = 'name'"
            )
                == ["true"]
        )
    }

    /// A role that may write the table and nothing else, with a search_path full of traps.
    @Test func applicationNeedsNoRightAndCannotRedirect() async throws {
        let shape = NotNullShape(
            name: "private",
            setup: """
                CREATE SCHEMA private; CREATE SEQUENCE private.numbers;
                CREATE FUNCTION private.code(bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'code ' || $1 $$;
                CREATE TABLE item (id integer PRIMARY KEY, name text);
                INSERT INTO item VALUES (1, NULL)
                """,
            fill: "upper(private.code(nextval('private.numbers') + id))",
            nulls: "SELECT 1"
        )
        let change = try await NotNullChange.begun(shape, through: "expand")
        try await withRole { role in
            let database = try TestDatabase.current
            try await database.run(
                """
                GRANT SELECT, INSERT, UPDATE ON item TO \(role); GRANT CREATE ON DATABASE \(Identifier(database.name)) TO \(role)
                """
            )
            let application = try await Connection.open(database.parameters(as: role))
            for statement in [
                "CREATE SCHEMA trap",
                "CREATE FUNCTION trap.upper(text) RETURNS text LANGUAGE sql AS $$ SELECT 'trapped'::text $$",
                "CREATE FUNCTION trap.minus(bigint, integer) RETURNS bigint LANGUAGE sql AS $$ SELECT 666::bigint $$",
                "CREATE OPERATOR trap.+ (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = trap.minus)",
                "SET search_path = trap, pg_catalog",
                "INSERT INTO public.item (id) VALUES (10)",
                "UPDATE public.item SET name = NULL WHERE id = 10",
            ] as [Query] {
                try await application.run(statement)
            }
            await application.close()
        }
        #expect(try await change.rows("SELECT name FROM item WHERE id = 10") == ["CODE 12"])
        try await change.start(through: "drop")
    }

    private func failure(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? PostgresError)?.state?.code
        }
    }
}
