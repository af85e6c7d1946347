import Postgres
import TestSupport
import Testing

/// Statements that a session prepared before the swap and runs after it, and functions whose plans it has cached.
@Suite(.database, .timeLimit(.minutes(20)))
struct CachedPlanTests {
    /// Each is prepared, and run often enough to be kept as a generic plan, before the swap.
    @Test(arguments: [
        "INSERT INTO t (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
        "INSERT INTO t (id, full_name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.full_name",
        "INSERT INTO t (id, full_name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
        "UPDATE t SET name = $2 WHERE id = $1",
        "UPDATE t SET full_name = $2 WHERE id = $1",
        "UPDATE t SET full_name = $2 WHERE id = $1 AND name IS NOT NULL",
    ])
    func prepared(_ statement: String) async throws {
        let rename = try Rename()
        let session = try await TestDatabase.current.connect()
        for statement in TruthTable.plain { try await session.script([statement]) }
        try await rename.through("backfill")
        try await session.script(["PREPARE w (int, text) AS \(server: statement)"])
        for phase in ["backfill", "swap"] {
            try await rename.through(phase)
            for number in 1...7 {
                try await session.script(["EXECUTE w (1, \(literal: "\(phase) \(number)"))"])
                let row = try await session.run("SELECT name, full_name FROM t WHERE id = 1").rows[0]
                #expect(try row["name"] == "\(phase) \(number)")
                #expect(try row["full_name"] == "\(phase) \(number)")
            }
        }
        await session.close()
    }

    /// Functions of the application, one by each name, called before and after the swap in the same session.
    @Test func functions() async throws {
        let rename = try Rename()
        let session = try await TestDatabase.current.connect()
        for statement in TruthTable.plain { try await session.script([statement]) }
        try await rename.through("backfill")
        for (function, column) in [("by_old", "name"), ("by_new", "full_name")] as [(Identifier, Identifier)] {
            try await session.script([
                """
                CREATE FUNCTION \(function)(k int, v text) RETURNS text LANGUAGE plpgsql AS $$
                DECLARE seen text;
                BEGIN
                    UPDATE t SET \(column) = v WHERE id = k;
                    IF NOT FOUND THEN INSERT INTO t (id, \(column)) VALUES (k, v); END IF;
                    SELECT \(column) INTO seen FROM t WHERE id = k;
                    RETURN seen;
                END $$
                """
            ])
        }
        for phase in ["backfill", "swap"] {
            try await rename.through(phase)
            for number in 1...7 {
                for function in ["by_old", "by_new"] as [Identifier] {
                    for id in [1, 10 + number] {
                        let value = "\(phase) \(function) \(number)"
                        let seen: String? = try await session.value("SELECT \(function)(\(id), \(value))")
                        #expect(seen == value)
                        try await expectInSync(session)
                    }
                }
            }
        }
        await session.close()
    }
}
