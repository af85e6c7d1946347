import Postgres
import TestSupport
import Testing

/// The application's own triggers, between ours, and its generated columns.
@Suite(.database, .timeLimit(.minutes(20)))
struct UserTriggerTests {
    /// A normaliser that knows both names, as it must before swap, installed once both columns are there.
    @Test(arguments: Stage.allCases)
    func normaliser(_ stage: Stage) async throws {
        let table = try await TruthTable(stage)
        for statement in [
            """
            CREATE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.name := lower(trim(NEW.name));
                NEW.full_name := lower(trim(NEW.full_name));
                RETURN NEW;
            END $$
            """,
            "CREATE TRIGGER normalise BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION normalise()",
        ] as [SQL] {
            try await table.connection.script([statement])
        }
        try await table.expect(
            [
                Write("INSERT INTO t (id, name) VALUES (4, ' Ab ')", "4 ab|ab"),
                Write("INSERT INTO t (id, full_name) VALUES (4, ' Ab ')", "4 ab|ab"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, ' Ab ', 'AB')", "4 ab|ab"),
                Write("INSERT INTO t (id) VALUES (4)", "4 -|-"),
                Write("UPDATE t SET name = ' Ab ' WHERE id = 2", "2 ab|ab"),
                Write("UPDATE t SET full_name = ' Ab ' WHERE id = 2", "2 ab|ab"),
                Write("UPDATE t SET full_name = ' TWO' WHERE id = 2", ""),
                Write("UPDATE t SET full_name = NULL WHERE id = 2", "2 -|-"),
            ],
            stage
        )
    }

    /// One that was there before and knows only the old name; before swap that is all it need know.
    @Test(arguments: [Stage.expanded, .backfilled])
    func normaliserOfTheOldName(_ stage: Stage) async throws {
        let setup: [SQL] =
            TruthTable.plain + [
                """
                CREATE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN NEW.name := lower(trim(NEW.name)); RETURN NEW; END $$
                """,
                "CREATE TRIGGER normalise BEFORE INSERT OR UPDATE OF name ON t FOR EACH ROW EXECUTE FUNCTION normalise()",
            ]
        try await TruthTable(stage, setup).expect(
            [
                Write("INSERT INTO t (id, name) VALUES (4, ' Ab ')", "4 ab|ab"),
                Write("INSERT INTO t (id, full_name) VALUES (4, ' Ab ')", "4 ab|ab"),
                Write("UPDATE t SET name = ' Ab ' WHERE id = 2", "2 ab|ab"),
                Write("UPDATE t SET full_name = ' Ab ' WHERE id = 2", "2 ab|ab"),
                Write("UPDATE t SET full_name = 'Two' WHERE id = 1", "1 two|two"),
            ],
            stage
        )
    }

    /// Whatever the normaliser is called, it runs between our triggers.
    @Test(arguments: ["!!", "~~~", "é", "!online", "~online_d"] as [Identifier])
    func normaliserOfAnyName(_ trigger: Identifier) async throws {
        let setup: [SQL] =
            TruthTable.plain + [
                """
                CREATE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN NEW.name := lower(NEW.name); RETURN NEW; END $$
                """,
                "CREATE TRIGGER \(trigger) BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION normalise()",
            ]
        try await TruthTable(.backfilled, setup).expect(
            [
                Write("INSERT INTO t (id, name) VALUES (4, 'A')", "4 a|a"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'A')", "4 a|a"),
                Write("UPDATE t SET name = 'A' WHERE id = 2", "2 a|a"),
                Write("UPDATE t SET full_name = 'A' WHERE id = 2", "2 a|a"),
            ],
            .backfilled
        )
    }

    /// A trigger for UPDATE OF the column fires once, whichever name or names a statement lists, and keeps its mode.
    @Test(arguments: Stage.allCases, ["BEFORE", "AFTER"])
    func updateOfFiresOnce(_ stage: Stage, _ timing: String) async throws {
        let setup: [SQL] =
            TruthTable.plain + [
                "CREATE TABLE log (id int)",
                """
                CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$
                """,
                """
                CREATE TRIGGER log \(server: timing) UPDATE OF name ON t FOR EACH ROW
                WHEN (OLD.id > 0) EXECUTE FUNCTION log()
                """,
                "ALTER TABLE t ENABLE ALWAYS TRIGGER log",
            ]
        let connection = try await TruthTable(stage, setup).connection
        let expected: [(SQL, Int)] = [
            ("UPDATE t SET name = 'a' WHERE id = 2", 1), ("UPDATE t SET full_name = 'b' WHERE id = 2", 1),
            ("UPDATE t SET name = 'c', full_name = 'c' WHERE id = 2", 1), ("UPDATE t SET n = 1 WHERE id = 2", 0),
            ("SET session_replication_role = replica", 0), ("UPDATE t SET full_name = 'd' WHERE id = 2", 1),
        ]
        for (statement, count) in expected {
            try await connection.run("DELETE FROM log")
            try await connection.script([statement])
            let logged: Int = try await connection.value("SELECT count(*) FROM log")
            #expect(logged == count, "\(statement)")
        }
        await connection.close()
    }

    /// A role that may not silence triggers backfills with them, and they find the application's tables.
    @Test func ownerWithoutPrivileges() async throws {
        try await withRole { role in
            let database = try TestDatabase.current
            try await database.run(
                "GRANT ALL ON SCHEMA public TO \(role); GRANT ALL ON DATABASE \(Identifier(database.name)) TO \(role)"
            )
            let session = try await Connection.open(database.parameters(as: role))
            for statement in TruthTable.plain + [
                "CREATE TABLE log (line text)",
                """
                CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$
                """,
                "CREATE TRIGGER log AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION log()",
            ] {
                try await session.script([statement])
            }
            try await Rename(parameters: database.parameters(as: role)).through("backfill")
            #expect(try await session.value("SELECT count(*) FROM log WHERE line = '1'") == 1)
            try await expectInSync(session)
            await session.close()
        }
    }

    @Test(arguments: Stage.allCases)
    func generatedColumn(_ stage: Stage) async throws {
        let setup: [SQL] = [
            """
            CREATE TABLE t (id int PRIMARY KEY, name text, n int,
                            shout text GENERATED ALWAYS AS (upper(name) || coalesce(n, 0)::text) STORED)
            """,
            "INSERT INTO t VALUES (1, 'one')",
        ]
        let connection = try await TruthTable(stage, setup).connection
        for (statement, shout) in [
            ("INSERT INTO t (id, name) VALUES (4, 'a')", "A0"), ("INSERT INTO t (id, full_name) VALUES (5, 'b')", "B0"),
            ("UPDATE t SET name = 'c' WHERE id = 4", "C0"), ("UPDATE t SET full_name = 'd' WHERE id = 4", "D0"),
            ("UPDATE t SET n = 1 WHERE id = 4", "D1"), ("UPDATE t SET full_name = NULL WHERE id = 4", nil),
        ] as [(SQL, String?)] {
            let found: String? = try await connection.value("\(statement) RETURNING shout")
            #expect(found == shout, "\(statement)")
        }
        await connection.close()
    }
}
