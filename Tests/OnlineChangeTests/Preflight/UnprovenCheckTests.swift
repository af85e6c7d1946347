import OnlineChange
import Postgres
import TestSupport
import Testing

/// Constraints that were added NOT VALID, and rows that break them: the backfill may not touch such a row.
@Suite(.database, .timeLimit(.minutes(20)))
struct UnprovenCheckTests {
    private static let table: SQL =
        "CREATE TABLE item (id int PRIMARY KEY, name text, value int); INSERT INTO item SELECT g, 'n' || g, g FROM generate_series(1, 9) g"
    private static let broken: SQL = "ALTER TABLE item ADD CONSTRAINT few CHECK (value <> 7) NOT VALID"

    @Test(arguments: ["rename-column", "change-type"])
    func refusedWithTheRow(recipe: String) async throws {
        try await TestDatabase.current.run("\(Self.table); \(Self.broken)")
        let failure = await #expect(throws: Failure.self) { try await start(recipe, through: "expand") }
        #expect(failure?.kind == .refused)
        #expect(
            failure?.message
                == "constraint few on public.item: it is NOT VALID, and row 7 breaks it: the server would refuse the backfill's "
                + "update of that row"
        )
        #expect(failure?.next?.contains(#"SELECT * FROM "public"."item" AS t WHERE NOT ((value <> 7));"#) == true)
        #expect(failure?.next?.contains("DROP CONSTRAINT few") == true)
    }

    @Test("Rows that the backfill leaves alone may break it")
    func notWritten() async throws {
        try await TestDatabase.current.run(
            "\(Self.table); UPDATE item SET name = NULL WHERE id = 7; \(Self.broken)"
        )
        try await start("rename-column", through: "drop")
    }

    @Test("What can't be told soon is the user's to know")
    func unknown() async throws {
        try await TestDatabase.current.run(
            """
            \(Self.table);
            ALTER TABLE item ADD CONSTRAINT slow CHECK (pg_sleep(9)::text <> name) NOT VALID
            """
        )
        let failure = await #expect(throws: Failure.self) { try await start("rename-column", through: "expand") }
        #expect(
            failure?.message
                == "constraint slow on public.item: it is NOT VALID, and whether a row breaks it, at which the backfill "
                + "would stop, was not found out: 2.0 s were not enough"
        )
        #expect(failure?.next?.contains("--acknowledge 'constraint slow on public.item'") == true)
    }

    @Test("A constraint that came later stops the backfill with its name and the row's, and the same command goes on")
    func stopsTheBackfill() async throws {
        try await TestDatabase.current.run(Self.table)
        try await start("rename-column", through: "expand")
        try await TestDatabase.current.run(Self.broken)
        let failure = await #expect(throws: Failure.self) { try await start("rename-column", through: "backfill") }
        #expect(failure?.kind == .data)
        #expect(
            failure?.message == "constraint few on public.item is NOT VALID, and row 7 breaks it: the server refuses "
                + "every update of that row"
        )
        #expect(failure?.next?.contains("Then run the same command again") == true)
        try await TestDatabase.current.run("UPDATE item SET value = 70 WHERE value = 7")
        try await start("rename-column", through: "drop")
    }

    private func start(_ recipe: String, through phase: String) async throws {
        let isRename = recipe == "rename-column"
        try await Runner(parameters: TestDatabase.current.parameters) { _ in }.start(
            ChangeRequest(
                recipe: try RecipeReader.builtIn(recipe),
                table: "item",
                columns: isRename ? ["from": "name", "to": "full_name"] : ["column": "id"],
                texts: isRename ? [:] : ["type": "bigint"]
            ),
            through: phase
        )
    }
}
