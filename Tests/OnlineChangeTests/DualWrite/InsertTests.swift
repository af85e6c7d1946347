import Postgres
import TestSupport
import Testing

/// INSERT by either name. Both given and at odds, the replica's value counts, for the primary's may be just its default.
@Suite(.database, .timeLimit(.minutes(20)))
struct InsertTests {
    @Test(arguments: Stage.allCases)
    func withoutDefault(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("INSERT INTO t (id, name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, 'a', 'a')", "4 a|a"),
                Write(
                    "INSERT INTO t (id, name, full_name) VALUES (4, 'old', 'new')",
                    "4 new|new",
                    swapped: "4 old|old"
                ),
                Write("INSERT INTO t (id) VALUES (4)", "4 -|-"),
                Write("INSERT INTO t (id, name) VALUES (4, NULL)", "4 -|-"),
                Write("INSERT INTO t (id, full_name) VALUES (4, NULL)", "4 -|-"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, NULL, NULL)", "4 -|-"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, 'a', NULL)", "4 a|a"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, NULL, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name) VALUES (4, '')", "4 |"),
                Write("INSERT INTO t (id, full_name) VALUES (4, '')", "4 |"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, DEFAULT, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, 'a', DEFAULT)", "4 a|a"),
                Write("INSERT INTO t (id, name) VALUES (4, 'a'), (5, NULL), (6, 'c')", "4 a|a, 5 -|-, 6 c|c"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a'), (5, NULL), (6, 'c')", "4 a|a, 5 -|-, 6 c|c"),
                Write("INSERT INTO t (id, name) SELECT id + 3, name FROM t", "4 one|one, 5 two|two, 6 -|-"),
                Write(
                    "INSERT INTO t (id, full_name) SELECT id + 3, full_name FROM t",
                    "4 one|one, 5 two|two, 6 -|-",
                    expanded: "4 -|-, 5 two|two, 6 -|-"
                ),
            ],
            stage
        )
    }

    @Test(arguments: Stage.allCases)
    func withDefault(_ stage: Stage) async throws {
        let table: [SQL] = ["CREATE TABLE t (id int PRIMARY KEY, name text DEFAULT 'none')"]
        try await TruthTable(stage, table).expect(
            [
                Write("INSERT INTO t (id) VALUES (4)", "4 none|none"),
                Write("INSERT INTO t (id, name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name) VALUES (4, DEFAULT)", "4 none|none"),
                Write("INSERT INTO t (id, full_name) VALUES (4, DEFAULT)", "4 none|none"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, DEFAULT, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, 'a', DEFAULT)", "4 a|a", swapped: "4 a|a"),
                Write("INSERT INTO t (id, name, full_name) VALUES (4, NULL, 'a')", "4 a|a"),
                // A NULL given by the primary's name is one; by the replica's it can't be told from one left out.
                Write("INSERT INTO t (id, name) VALUES (4, NULL)", "4 -|-", swapped: "4 none|none"),
                Write("INSERT INTO t (id, full_name) VALUES (4, NULL)", "4 none|none", swapped: "4 -|-"),
                Write("INSERT INTO t DEFAULT VALUES", "23502"),
            ],
            stage
        )
    }

    @Test(arguments: Stage.allCases)
    func notNull(_ stage: Stage) async throws {
        let table: [SQL] = ["CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL CHECK (name <> 'bad'))"]
        try await TruthTable(stage, table).expect(
            [
                Write("INSERT INTO t (id, name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'a')", "4 a|a"),
                Write("INSERT INTO t (id) VALUES (4)", "23502"),
                Write("INSERT INTO t (id, name) VALUES (4, NULL)", "23502"),
                Write("INSERT INTO t (id, full_name) VALUES (4, NULL)", "23502"),
                Write("INSERT INTO t (id, name) VALUES (4, 'bad')", "23514"),
                Write("INSERT INTO t (id, full_name) VALUES (4, 'bad')", "23514"),
                Write("UPDATE t SET name = NULL WHERE id = 2", "23502"),
                Write("UPDATE t SET full_name = NULL WHERE id = 2", "23502"),
                Write("UPDATE t SET full_name = 'bad' WHERE id = 2", "23514"),
            ],
            stage
        )
    }
}
