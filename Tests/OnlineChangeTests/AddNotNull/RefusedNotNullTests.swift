import OnlineChange
import Postgres
import TestSupport
import Testing

/// What is refused, and with which words; and what is no change at all.
@Suite(.database, .timeLimit(.minutes(20)))
struct RefusedNotNullTests {
    @Test("Rows with NULL and nothing to fill them with", arguments: [true, false])
    func nulls(hasKey: Bool) async throws {
        let key: SQL = hasKey ? "PRIMARY KEY" : ""
        let shape = NotNullShape(
            name: "NULLs",
            setup: "CREATE TABLE item (id integer \(key), name text); \(NotNullShape.rows)",
            fill: nil
        )
        #expect(
            try await refusal(shape) == """
                refused: column public.item.name is NULL in 6 rows: \
                \(hasKey ? "3 | 6 | 9 | 12 | 15" : "(0,21) | (0,22) | (0,23) | (0,24) | (0,25)") | …
                Nothing was changed.
                Give these rows a value, or say with --fill EXPRESSION what NULLs are to become.
                """
        )
    }

    @Test(
        "Texts that are no expression over a row",
        arguments: [
            ("(SELECT max(id) FROM item)::text", "cannot use subquery in check constraint"),
            ("NULL", "it is NULL, which is what it should replace"),
            ("max(id)::text", "aggregate functions are not allowed in check constraints"),
            ("row_number() OVER ()", "window functions are not allowed in check constraints"),
            ("nosuch", #"column "nosuch" does not exist"#),
            ("1, name = 'x'", "it is not one expression"),
            ("id", nil),
            ("DEFAULT", "DEFAULT is not allowed in this context"),
            ("'a' AS b", #"syntax error at or near "AS""#),
            ("", "it is not one expression"),
            ("'x'); DROP TABLE item; --", "it is not one expression"),
            ("'x", "it is not one expression"),
            ("item::text", "it reads the row as a whole"),
            ("row_to_json(item)::text", "it reads the row as a whole"),
            ("ctid::text", "system column"),
        ] as [(String, String?)]
    )
    func expression(text: String, reason: String?) async throws {
        let shape = NotNullShape.text("expression", fill: text)
        guard let reason else {
            let change = try await NotNullChange(shape, in: TestDatabase.current.parameters)
            try await change.setUp()
            _ = try await change.plan()
            return
        }
        let refused = try await refusal(shape)
        #expect(refused.hasPrefix("refused: the fill expression is refused: "))
        #expect(refused.contains(reason), "\(refused)")
    }

    @Test(
        "Tables and columns",
        arguments: [
            (
                .text("inherited", "CREATE TABLE child () INHERITS (item)"),
                "table public.item: other tables inherit from it"
            ),
            (
                NotNullShape(
                    name: "generated",
                    column: "shown",
                    setup: """
                        CREATE TABLE item (id integer, name text, shown text GENERATED ALWAYS AS (lower(name)) STORED)
                        """,
                    nulls: "SELECT 1"
                ),
                "column public.item.shown: it is generated, so nothing can be filled in"
            ),
            (
                .text(
                    "reads generated",
                    "ALTER TABLE item ADD shown text GENERATED ALWAYS AS (lower(name)) STORED",
                    fill: "shown || '!'"
                ), "column public.item.shown: the fill expression reads it, and it is generated"
            ),
            (
                .typed("type", "integer", value: "n", fill: "qty || 'x'"),
                #"column "name" is of type integer but expression is of type text"#
            ),
            (
                .text("unique", "CREATE UNIQUE INDEX item_one ON item (name)"),
                "index item_one: it holds name, and the fill expression reads no column"
            ),
            (
                .text(
                    "rule",
                    """
                    CREATE RULE always AS ON UPDATE TO item DO ALSO SELECT 1;
                    ALTER TABLE item ENABLE ALWAYS RULE always
                    """
                ), "rule always: it would rewrite the UPDATE of the backfill"
            ),
            (
                .text("check", "ALTER TABLE item ADD CONSTRAINT short CHECK (length(name) < 99)"),
                "constraint short: it reads name: a write that stored NULL before fails if it doesn't take the filled value"
            ),
            (
                .text("published", "CREATE PUBLICATION all_of_it FOR ALL TABLES"),
                "publication all_of_it: FOR ALL TABLES sends the ledger's tables too"
            ),
        ] as [(NotNullShape, String)]
    )
    func shape(shape: NotNullShape, message: String) async throws {
        #expect(try await refusal(shape).contains(message))
    }

    @Test("Nothing to do", arguments: ["id", "name"] as [Identifier])
    func alreadyNotNull(column: Identifier) async throws {
        var shape = NotNullShape.text("done", "ALTER TABLE item ALTER name SET NOT NULL")
        shape.column = column
        shape.nulls = "SELECT 1"
        let change = try await NotNullChange(shape, in: TestDatabase.current.parameters)
        try await change.setUp()
        let before = try await change.state()
        try await change.start(through: "drop")
        #expect(
            change.events.texts == [
                "  column public.item.\(column) is NOT NULL already", "finished: nothing is left to do",
            ]
        )
        #expect(try await change.state().differences(from: before) == [])
        let ledgers: Int = try await TestDatabase.current
            .value("SELECT count(*) FROM pg_namespace WHERE nspname = 'online_change'")
        #expect(ledgers == 0)
    }

    @Test("The same command after the end has nothing to do, and begins anew once NULL is allowed again")
    func again() async throws {
        let shape = NotNullShape.text("again")
        let change = try await NotNullChange(shape, in: TestDatabase.current.parameters)
        try await change.setUp()
        try await change.start(through: "drop")
        try await change.start(through: "drop")
        try await change.run("ALTER TABLE item ALTER name DROP NOT NULL")
        try await change.connection.script([shape.nulls])
        try await change.start(through: "drop")
        #expect(try await change.nulls() == 0)
        #expect(try await change.rows("SELECT id::text FROM online_change.change") == ["1", "2"])
    }

    @Test("A NULL that slips in before the check is there is named; the check stays, and the same command goes on")
    func nullBeforeTheCheck() async throws {
        var shape = NotNullShape.text("slips in", fill: nil)
        shape.nulls = "SELECT 1"
        let change = try await NotNullChange(shape, in: TestDatabase.current.parameters)
        try await change.setUp()
        try await change.start(through: "expand")
        // As an application would have done between the look and the check.
        try await change.run("SET session_replication_role = replica")
        try await change.connection.script([
            """
            CREATE TABLE kept AS SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
              WHERE conrelid = 'item'::regclass AND NOT convalidated;
            DO $$ DECLARE c record; BEGIN
              SELECT * INTO c FROM kept;
              EXECUTE format('ALTER TABLE item DROP CONSTRAINT %I', c.conname);
              UPDATE item SET name = NULL WHERE id = 7;
              EXECUTE format('ALTER TABLE item ADD CONSTRAINT %I %s', c.conname, c.text);
            END $$
            """
        ])
        for phase in ["backfill", "swap"] {
            var failure: Failure?
            do { try await change.start(through: phase) } catch { failure = Failure(error) }
            #expect(failure?.kind == .data)
            #expect(failure?.message.hasSuffix(": 7") == true, "\(failure?.message ?? "")")
        }
        try await change.run("UPDATE item SET name = 'mended' WHERE id = 7")
        try await change.start(through: "drop")
        #expect(
            try await change.rows(
                "SELECT attnotnull::text FROM pg_attribute WHERE attrelid = 'item'::regclass AND attname = 'name'"
            )
                == ["true"]
        )
    }

    private func refusal(_ shape: NotNullShape) async throws -> String {
        let change = try await NotNullChange(shape, in: TestDatabase.current.parameters)
        try await change.setUp()
        return try await AskedRename.refusal { try await change.start(through: "backfill") }
    }
}
