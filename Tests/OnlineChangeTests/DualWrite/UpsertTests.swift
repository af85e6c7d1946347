import OnlineChange
import Postgres
import TestSupport
import Testing

/// INSERT … ON CONFLICT, with the key, the old name and the new name as arbiter.
@Suite(.database, .timeLimit(.minutes(20)))
struct UpsertTests {
    @Test(arguments: Stage.allCases)
    func byKey(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write(
                    "INSERT INTO t (id, name) VALUES (2, 'a') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
                    "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, full_name) VALUES (2, 'a') ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.full_name",
                    "2 a|a"
                ),
                // EXCLUDED has been through the triggers: either name gives what the statement meant.
                Write(
                    "INSERT INTO t (id, full_name) VALUES (2, 'a') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
                    "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, name) VALUES (2, 'a') ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.full_name",
                    "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, name) VALUES (2, NULL) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
                    "2 -|-"
                ),
                Write(
                    "INSERT INTO t (id, full_name) VALUES (2, NULL) ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.name",
                    "2 -|-"
                ),
                Write(
                    "INSERT INTO t (id, name) VALUES (2, 'a') ON CONFLICT (id) DO UPDATE SET full_name = t.name || EXCLUDED.name",
                    "2 twoa|twoa"
                ),
                Write(
                    "INSERT INTO t (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET n = 1",
                    "",
                    expanded: "1 one|one"
                ),
                Write("INSERT INTO t (id, full_name) VALUES (2, 'a') ON CONFLICT DO NOTHING", ""),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a') ON CONFLICT DO NOTHING", "4 a|a"),
                Write(
                    """
                    INSERT INTO t (id, full_name) VALUES (2, 'a'), (4, 'b')
                    ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.full_name WHERE t.name = 'two'
                    """,
                    "2 a|a, 4 b|b"
                ),
            ],
            stage
        )
    }

    private static let unique: [SQL] = [
        "CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE, n int DEFAULT 0)",
        "INSERT INTO t (id, name) VALUES (1, 'one'), (3, NULL)",
    ]

    /// The copy of the index is not unique: the arbiter is the original column, by the name that it bears.
    @Test(arguments: Stage.allCases)
    func byColumn(_ stage: Stage) async throws {
        try await TruthTable(stage, Self.unique).expect(
            [
                Write(
                    "INSERT INTO t (id, name) VALUES (4, 'two') ON CONFLICT (name) DO UPDATE SET name = 'a'",
                    "2 a|a",
                    swapped: "42P10"
                ),
                Write(
                    "INSERT INTO t (id, full_name) VALUES (4, 'two') ON CONFLICT (full_name) DO UPDATE SET full_name = 'a'",
                    "42P10",
                    swapped: "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, full_name) VALUES (4, 'two') ON CONFLICT (name) DO UPDATE SET n = 9, full_name = 'a'",
                    "2 a|a",
                    swapped: "42P10"
                ),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'two')", "23505"),
                Write("UPDATE t SET full_name = 'two' WHERE id = 1", "23505"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'two') ON CONFLICT DO NOTHING", ""),
            ],
            stage
        )
    }

    @Test(arguments: [Stage.backfilled, .swapped])
    func byColumnWithUniqueCopies(_ stage: Stage) async throws {
        try await TruthTable(stage, Self.unique, options: PlanningOptions(uniqueCopies: true)).expect(
            [
                Write(
                    "INSERT INTO t (id, name) VALUES (4, 'two') ON CONFLICT (name) DO UPDATE SET name = 'a'",
                    "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, full_name) VALUES (4, 'two') ON CONFLICT (full_name) DO UPDATE SET full_name = 'a'",
                    "2 a|a"
                ),
                Write(
                    "INSERT INTO t (id, name) VALUES (4, 'two') ON CONFLICT (full_name) DO UPDATE SET name = 'a'",
                    "2 a|a"
                ),
                Write("INSERT INTO t (id, name) VALUES (4, 'a') ON CONFLICT (full_name) DO NOTHING", "4 a|a"),
                Write("INSERT INTO t (id, name) VALUES (4, 'two')", "23505"),
            ],
            stage
        )
    }
}
