import Postgres
import TestSupport
import Testing

/// UPDATE by either name. Both given and at odds, the primary's value counts.
@Suite(.database, .timeLimit(.minutes(20)))
struct UpdateTests {
    @Test(arguments: Stage.allCases)
    func inSyncRow(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("UPDATE t SET name = 'a' WHERE id = 2", "2 a|a"),
                Write("UPDATE t SET full_name = 'a' WHERE id = 2", "2 a|a"),
                Write("UPDATE t SET name = 'a', full_name = 'a' WHERE id = 2", "2 a|a"),
                Write(
                    "UPDATE t SET name = 'old', full_name = 'new' WHERE id = 2",
                    "2 old|old",
                    swapped: "2 new|new"
                ),
                Write("UPDATE t SET name = 'two', full_name = 'a' WHERE id = 2", "2 a|a"),
                Write("UPDATE t SET name = 'a', full_name = 'two' WHERE id = 2", "2 a|a"),
                Write("UPDATE t SET n = 1 WHERE id = 2", ""),
                Write("UPDATE t SET name = NULL WHERE id = 2", "2 -|-"),
                Write("UPDATE t SET full_name = NULL WHERE id = 2", "2 -|-"),
                Write("UPDATE t SET name = NULL, full_name = NULL WHERE id = 2", "2 -|-"),
                Write("UPDATE t SET name = NULL, full_name = 'a' WHERE id = 2", "2 -|-", swapped: "2 a|a"),
                Write("UPDATE t SET name = 'a', full_name = NULL WHERE id = 2", "2 a|a", swapped: "2 -|-"),
                Write("UPDATE t SET name = 'two' WHERE id = 2", ""),
                Write("UPDATE t SET full_name = 'two' WHERE id = 2", ""),
                Write("UPDATE t SET name = full_name, full_name = name WHERE id = 2", ""),
                Write("UPDATE t SET name = DEFAULT WHERE id = 2", "2 -|-"),
                Write("UPDATE t SET full_name = DEFAULT WHERE id = 2", "2 -|-"),
                Write("UPDATE t SET full_name = full_name || '!' WHERE id = 2", "2 two!|two!"),
                Write("UPDATE t SET (id, full_name) = (9, 'a') WHERE id = 2", "9 a|a"),
                Write("UPDATE t SET id = 9 WHERE full_name = 'two'", "9 two|two"),
            ],
            stage
        )
    }

    /// Row 1 was there before expand. Whatever updates it heals it; only a NULL by the new name can't be seen yet.
    @Test(arguments: Stage.allCases)
    func rowFromBefore(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("UPDATE t SET n = 1 WHERE id = 1", "", expanded: "1 one|one"),
                Write("UPDATE t SET name = 'a' WHERE id = 1", "1 a|a"),
                Write("UPDATE t SET full_name = 'a' WHERE id = 1", "1 a|a"),
                Write("UPDATE t SET full_name = 'one' WHERE id = 1", "", expanded: "1 one|one"),
                Write("UPDATE t SET name = 'one' WHERE id = 1", "", expanded: "1 one|one"),
                Write("UPDATE t SET name = NULL WHERE id = 1", "1 -|-"),
                Write("UPDATE t SET full_name = NULL WHERE id = 1", "1 -|-", expanded: "1 one|one"),
                Write("UPDATE t SET name = 'old', full_name = 'new' WHERE id = 1", "1 old|old", swapped: "1 new|new"),
                Write("UPDATE t SET n = 1", "", expanded: "1 one|one"),
            ],
            stage
        )
    }

    @Test(arguments: Stage.allCases)
    func rowWithNull(_ stage: Stage) async throws {
        try await TruthTable(stage).expect(
            [
                Write("UPDATE t SET name = 'a' WHERE id = 3", "3 a|a"),
                Write("UPDATE t SET full_name = 'a' WHERE id = 3", "3 a|a"),
                Write("UPDATE t SET name = NULL WHERE id = 3", ""),
                Write("UPDATE t SET full_name = NULL WHERE id = 3", ""),
                Write("UPDATE t SET full_name = '' WHERE id = 3", "3 |"),
                Write("UPDATE t SET n = 1 WHERE id = 3", ""),
            ],
            stage
        )
    }

    /// A default is for INSERT; after swap it is the new name's, and DEFAULT by the old one is a NULL.
    @Test(arguments: Stage.allCases)
    func explicitDefault(_ stage: Stage) async throws {
        let table: [SQL] = ["CREATE TABLE t (id int PRIMARY KEY, name text DEFAULT 'none')"]
        try await TruthTable(stage, table).expect(
            [
                Write("UPDATE t SET name = DEFAULT WHERE id = 2", "2 none|none", swapped: "2 -|-"),
                Write("UPDATE t SET full_name = DEFAULT WHERE id = 2", "2 -|-", swapped: "2 none|none"),
            ],
            stage
        )
    }
}
