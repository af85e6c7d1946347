import Postgres
import TestSupport
import Testing

/// Writes by roles that have no right on anything of ours, and writes that replication applies.
@Suite(.database, .timeLimit(.minutes(20)))
struct RoleTests {
    /// The role may write the column, and nothing else; nothing is granted to PUBLIC.
    @Test(arguments: Stage.allCases)
    func columnPrivilegesOnly(_ stage: Stage) async throws {
        try await withRole { role in
            let setup: [SQL] =
                [
                    "REVOKE ALL ON SCHEMA public FROM PUBLIC", "GRANT USAGE ON SCHEMA public TO \(role)",
                    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
                    "ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC",
                ] + TruthTable.plain + ["GRANT INSERT (id, name), UPDATE (name), SELECT (id, name) ON t TO \(role)"]
            let table = try await TruthTable(stage, setup)
            let hasUsage: Bool = try await table.connection.value(
                "SELECT has_schema_privilege(\(role.name), 'online_change', 'USAGE')"
            )
            #expect(!hasUsage)
            // Rows are read as the superuser.
            func asRole(_ statement: SQL) -> SQL { "SET LOCAL ROLE \(role); \(statement); RESET ROLE" }
            try await table.expect(
                [
                    Write(asRole("INSERT INTO t (id, name) VALUES (4, 'a')"), "4 a|a"),
                    Write(asRole("INSERT INTO t (id, full_name) VALUES (4, 'a')"), "4 a|a"),
                    Write(asRole("UPDATE t SET name = 'a' WHERE id = 2"), "2 a|a"),
                    Write(asRole("UPDATE t SET full_name = 'a' WHERE id = 2"), "2 a|a"),
                    Write(asRole("UPDATE t SET full_name = 'a' WHERE id = 1"), "1 a|a"),
                    Write(asRole("UPDATE t SET full_name = NULL WHERE name = 'two'"), "2 -|-"),
                    Write(asRole("UPDATE t SET n = 1"), "42501"),
                ],
                stage
            )
        }
    }

    /// A domain over an enum in a schema that the role may not look into: a literal is cast without looking there.
    @Test(arguments: Stage.allCases)
    func typeInForeignSchema(_ stage: Stage) async throws {
        try await withRole { role in
            let setup: [SQL] = [
                "CREATE SCHEMA hidden", "CREATE TYPE hidden.mood AS ENUM ('one', 'two', 'a')",
                "CREATE DOMAIN hidden.good_mood AS hidden.mood",
                "CREATE TABLE t (id int PRIMARY KEY, name hidden.good_mood, n int)",
                "INSERT INTO t VALUES (1, 'one')", "GRANT INSERT, UPDATE, SELECT ON t TO \(role)",
            ]
            func asRole(_ statement: SQL) -> SQL { "SET LOCAL ROLE \(role); \(statement); RESET ROLE" }
            try await TruthTable(stage, setup).expect(
                [
                    Write(asRole("INSERT INTO t (id, name) VALUES (4, 'a')"), "4 a|a"),
                    Write(asRole("INSERT INTO t (id, full_name) VALUES (4, 'a')"), "4 a|a"),
                    Write(asRole("UPDATE t SET name = 'a' WHERE id = 2"), "2 a|a"),
                    Write(asRole("UPDATE t SET full_name = 'a' WHERE id = 2"), "2 a|a"),
                    Write(asRole("UPDATE t SET n = 1 WHERE id = 1"), "", expanded: "1 one|one"),
                ],
                stage
            )
        }
    }

    /// What a policy checks is the row as it will be stored, whichever name brought it.
    @Test(arguments: Stage.allCases)
    func rowSecurity(_ stage: Stage) async throws {
        try await withRole { role in
            let setup: [SQL] =
                TruthTable.plain + [
                    "GRANT SELECT, INSERT, UPDATE ON t TO \(role)",
                    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                    "CREATE POLICY beginning ON t TO \(role) USING (name LIKE 't%') WITH CHECK (name LIKE 't%')",
                ]
            func asRole(_ statement: SQL) -> SQL { "SET LOCAL ROLE \(role); \(statement); RESET ROLE" }
            try await TruthTable(stage, setup).expect(
                [
                    Write(asRole("INSERT INTO t (id, name) VALUES (4, 'ta')"), "4 ta|ta"),
                    Write(asRole("INSERT INTO t (id, full_name) VALUES (4, 'ta')"), "4 ta|ta"),
                    Write(asRole("INSERT INTO t (id, name) VALUES (4, 'no')"), "42501"),
                    Write(asRole("INSERT INTO t (id, full_name) VALUES (4, 'no')"), "42501"),
                    Write(asRole("UPDATE t SET name = 'ta'"), "2 ta|ta"),
                    Write(asRole("UPDATE t SET full_name = 'ta'"), "2 ta|ta"),
                    Write(asRole("UPDATE t SET full_name = 'no'"), "42501"),
                    Write(asRole("UPDATE t SET name = 'no'"), "42501"),
                ],
                stage
            )
        }
    }

    /// Replication applies rows with this setting, under which ordinary triggers don't fire.
    @Test(arguments: Stage.allCases)
    func replicationApply(_ stage: Stage) async throws {
        func applied(_ statement: SQL) -> SQL { "SET LOCAL session_replication_role = replica; \(statement)" }
        try await TruthTable(stage).expect(
            [
                Write(applied("INSERT INTO t (id, name) VALUES (4, 'a')"), "4 a|a"),
                Write(applied("INSERT INTO t (id, full_name) VALUES (4, 'a')"), "4 a|a"),
                Write(applied("UPDATE t SET name = 'a' WHERE id = 2"), "2 a|a"),
                Write(applied("UPDATE t SET full_name = 'a' WHERE id = 2"), "2 a|a"),
                Write(applied("UPDATE t SET full_name = NULL WHERE id = 2"), "2 -|-"),
            ],
            stage
        )
    }
}
