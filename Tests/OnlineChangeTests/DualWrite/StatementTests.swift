import OnlineChange
import Postgres
import TestSupport
import Testing

/// Every other kind of statement that writes.
@Suite(.database, .timeLimit(.minutes(20)))
struct StatementTests {
    @Test(arguments: Stage.allCases)
    func copy(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("COPY t (id, name) FROM PROGRAM 'printf ''4\\ta\\n5\\t\\\\N\\n''' ", "4 a|a, 5 -|-"),
                Write("COPY t (id, full_name) FROM PROGRAM 'printf ''4\\ta\\n5\\t\\\\N\\n''' ", "4 a|a, 5 -|-"),
                Write(
                    "COPY t (id, name, full_name) FROM PROGRAM 'printf ''4,old,new\\n''' (FORMAT csv)",
                    "4 new|new",
                    swapped: "4 old|old"
                ),
            ],
            stage
        )
    }

    @Test(arguments: Stage.allCases)
    func updateFromAndSubqueries(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("UPDATE t SET name = s.v FROM (VALUES (2, 'a')) s(id, v) WHERE s.id = t.id", "2 a|a"),
                Write("UPDATE t SET full_name = s.v FROM (VALUES (2, 'a')) s(id, v) WHERE s.id = t.id", "2 a|a"),
                Write("UPDATE t SET full_name = (SELECT name FROM t WHERE id = 1) WHERE id = 2", "2 one|one"),
                Write("UPDATE t SET full_name = u.full_name FROM t u WHERE u.id = 3 AND t.id = 2", "2 -|-"),
            ],
            stage
        )
    }

    @Test(arguments: Stage.allCases)
    func writableCTE(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write(
                    "WITH w AS (INSERT INTO t (id, full_name) VALUES (4, 'a') RETURNING name) SELECT * FROM w",
                    "4 a|a"
                ),
                Write(
                    """
                    WITH w AS (UPDATE t SET full_name = 'a' WHERE id = 2 RETURNING id, name)
                    INSERT INTO t (id, full_name) SELECT id + 3, name || '!' FROM w
                    """,
                    "2 a|a, 5 a!|a!"
                ),
                Write(
                    "WITH w AS (DELETE FROM t WHERE id = 2 RETURNING *) INSERT INTO t (id, name) SELECT 5, full_name FROM w",
                    "5 two|two"
                ),
            ],
            stage
        )
    }

    @Test(.enabled { await TestServer.version >= 15_00_00 }, arguments: Stage.allCases)
    func merge(_ stage: Stage) async throws {
        let source: SQL = "MERGE INTO t USING (VALUES (2, 'a'), (4, 'b')) s(id, v) ON s.id = t.id"
        try await TruthTable(stage).expect(
            [
                Write(
                    "\(source) WHEN MATCHED THEN UPDATE SET name = v WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, v)",
                    "2 a|a, 4 b|b"
                ),
                Write(
                    """
                    \(source) WHEN MATCHED THEN UPDATE SET full_name = v
                    WHEN NOT MATCHED THEN INSERT (id, full_name) VALUES (s.id, v)
                    """,
                    "2 a|a, 4 b|b"
                ),
                Write(
                    """
                    \(source) WHEN MATCHED AND t.full_name = 'two' THEN UPDATE SET full_name = NULL
                    WHEN NOT MATCHED THEN DO NOTHING
                    """,
                    "2 -|-"
                ),
            ],
            stage
        )
    }

    /// A view of the old release, one that is made while both names live, and one with a check.
    @Test(arguments: Stage.allCases)
    func updatableView(_ stage: Stage) async throws {
        let setup: [SQL] =
            TruthTable.plain + [
                "CREATE VIEW old_view AS SELECT id, name AS label FROM t",
                "CREATE VIEW checked AS SELECT id, name AS label FROM t WHERE name <> 'bad' WITH CHECK OPTION",
            ]
        let table = try await TruthTable(stage, setup)
        try await table.connection.run("CREATE VIEW both_names AS SELECT id, name, full_name FROM t")
        try await table.expect(
            [
                Write("INSERT INTO old_view (id, label) VALUES (4, 'a')", "4 a|a"),
                Write("UPDATE old_view SET label = 'a' WHERE id = 2", "2 a|a"),
                Write("UPDATE old_view SET label = NULL WHERE id = 2", "2 -|-"),
                Write("INSERT INTO checked (id, label) VALUES (4, 'bad')", "44000"),
                Write("INSERT INTO checked (id, label) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO both_names (id, full_name) VALUES (4, 'a')", "4 a|a"),
                Write("UPDATE both_names SET full_name = 'a' WHERE id = 2", "2 a|a"),
                Write("UPDATE both_names SET name = 'a' WHERE full_name = 'two'", "2 a|a"),
            ],
            stage
        )
    }
}
