import OnlineChange
import Postgres
import TestSupport
import Testing

/// What stops a change that fills NULLs, with which words, and how it goes on.
@Suite(.database, .timeLimit(.minutes(20)))
struct FillStopTests {
    @Test(
        "What the expression gives no value for is stored with NULL, named before swap, and done with once it is mended"
    )
    func expressionGivesNull() async throws {
        let shape = NotNullShape.text("gives NULL", "ALTER TABLE item ADD other text", fill: "nullif(other, 'none')")
        let change = try await NotNullChange.begun(shape, through: "expand")
        try await change.run(
            "UPDATE item SET other = CASE WHEN id IN (6, 9) THEN 'none' ELSE 'other' END",
            "INSERT INTO item (id, other) VALUES (33, 'none')",
            "UPDATE item SET name = NULL WHERE id = 9"
        )
        let stopped = try await change.refusal(through: "backfill")
        #expect(stopped.kind == .data)
        #expect(
            stopped.message
                == "3 rows have NULL in name, and the fill expression gives NULL for them, or there is none: 6 | 33 | 9"
        )
        try await change.run("UPDATE item SET other = 'mended' WHERE other = 'none'")
        try await change.start(through: "backfill")
        try await change.run("INSERT INTO item (id, other) VALUES (34, 'none')")
        let beforeSwap = try await change.refusal(through: "swap")
        #expect(beforeSwap.kind == .data)
        #expect(beforeSwap.message.hasSuffix(": 34"))
        // Nothing of swap was begun: such a row can still be written.
        try await change.run("INSERT INTO item (id, other) VALUES (35, 'none')")
        try await change.run("DELETE FROM item WHERE other = 'none'")
        try await change.start(through: "drop")
        #expect(try await change.rows("SELECT name FROM item WHERE id IN (6, 33)") == ["mended", "mended"])
    }

    @Test("What the expression fails for is stored with NULL, and the server's words are told")
    func expressionFails() async throws {
        let shape = NotNullShape.text("fails", "ALTER TABLE item ADD qty integer DEFAULT 1", fill: "(100 / qty)::text")
        let change = try await NotNullChange.begun(shape, through: "expand")
        try await change.run(
            "UPDATE item SET qty = 0, name = NULL WHERE id = 6",
            "INSERT INTO item VALUES (33, NULL, 0)"
        )
        let stopped = try await change.refusal(through: "backfill")
        #expect(stopped.kind == .data)
        #expect(stopped.message == "the fill expression fails for a row: division by zero [22012]")
        try await change.run("UPDATE item SET qty = 1 WHERE qty = 0")
        try await change.start(through: "drop")
        #expect(try await change.nulls() == 0)
    }

    /// The backfill's sessions keep triggers still, and the server checks foreign keys by triggers.
    @Test func backfillBreaksNoForeignKey() async throws {
        let shape = NotNullShape(
            name: "foreign key",
            setup: """
                CREATE TABLE owner (id text PRIMARY KEY); INSERT INTO owner VALUES ('a');
                CREATE TABLE item (id integer PRIMARY KEY, name text REFERENCES owner); INSERT INTO item VALUES (1, NULL)
                """,
            fill: "'nobody'",
            nulls: "SELECT 1",
            acknowledge: ["constraint item_name_fkey"]
        )
        let change = try await NotNullChange.begun(shape, through: "expand")
        let stopped = try await change.refusal(through: "backfill")
        #expect(stopped.kind == .data)
        #expect(stopped.message.contains("[23503]"))
        try await change.rollback()
        #expect(try await change.nulls() == 1)
        #expect(try await change.leftovers() == [])
    }

    @Test("A trigger that was disabled stops swap")
    func disabledTrigger() async throws {
        let change = try await NotNullChange.begun(.text("disabled"), through: "backfill")
        try await change.run(#"ALTER TABLE item DISABLE TRIGGER "~online_change name fill""#)
        let stopped = try await change.refusal(through: "swap")
        #expect(stopped.kind == .refused)
        #expect(stopped.message == "trigger ~online_change name fill: it fills NULLs, and it was dropped or disabled")
    }

    @Test("Between two attempts nobody else may change what the expression reads")
    func renameOfWhatIsRead() async throws {
        let change = try await NotNullChange.begun(
            .text("reads", "ALTER TABLE item ADD other text", fill: "other"),
            through: "expand"
        )
        let refused = try await AskedRename.refusal { try await AskedRename(table: "item", from: "other").start() }
        #expect(refused.hasPrefix("refused: column public.item.other: the change the-change (number 1) works on it"))
        try await change.rollback()
    }

    @Test("A column that the expression reads and that is gone stops the next phase, not the application")
    func whatIsReadIsGone() async throws {
        let change = try await NotNullChange.begun(
            .text("gone", "ALTER TABLE item ADD other text DEFAULT 'o'", fill: "other"),
            through: "expand"
        )
        try await change.run("ALTER TABLE item RENAME other TO another", "UPDATE item SET name = NULL WHERE id = 4")
        let stopped = try await change.refusal(through: "backfill")
        #expect(stopped.kind == .refused)
        #expect(
            stopped.message
                == "column public.item.other: the fill expression reads it, and it was dropped or renamed since the change was planned"
        )
        try await change.run("ALTER TABLE item RENAME another TO other")
        try await change.start(through: "drop")
        #expect(try await change.rows("SELECT name FROM item WHERE id = 4") == ["o"])
    }

    @Test("A trigger that was kept is told to whoever renames what it reads")
    func keptTriggerIsSeenByRename() async throws {
        let change = try await NotNullChange.begun(
            .text("kept", "ALTER TABLE item ADD other text DEFAULT 'o'", fill: "other"),
            through: "drop",
            keepsFilling: true
        )
        #expect(try await change.leftovers().count == 2)
        let notes = try await AskedRename(table: "item", from: "other").notes()
        #expect(
            notes.contains { $0.hasPrefix("note: function online_change") && $0.contains("mentions other") },
            "\(notes)"
        )
    }

    @Test("verify counts, and repairs")
    func verifies() async throws {
        let change = try await NotNullChange.begun(.text("verified"), through: "backfill")
        try await change.verify()
        try await change.run(
            "ALTER TABLE item DISABLE TRIGGER ALL",
            "UPDATE item SET name = NULL WHERE id IN (4, 5)",
            #"ALTER TABLE item ENABLE ALWAYS TRIGGER "~online_change name fill""#
        )
        let found = try await NotNullChange.refusal { try await change.verify() }
        #expect(found.kind == .data)
        #expect(found.message == "2 of 20 rows have NULL in name")
        try await change.verify(repair: true)
        #expect(try await change.nulls() == 0)
        try await change.start(through: "swap")
        let finished = try await NotNullChange.refusal {
            try await change.start(through: "drop")
            try await change.rollback()
        }
        #expect(finished.message == "the change the-change is finished: the column is NOT NULL for good")
    }
}
