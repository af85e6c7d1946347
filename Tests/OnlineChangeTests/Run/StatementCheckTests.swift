import Testing

@testable import OnlineChange

struct StatementCheckTests {
    @Test(
        "Reads and writes of rows may run",
        arguments: [
            "SELECT 1", "select 1", "SELECT $1, 'a;b', \"a;b\", 'it''s -- no comment'", "SELECT E'\\\\n \\' ; DROP'",
            "WITH a AS (UPDATE t SET b = 1 RETURNING 1) SELECT count(*) FROM a", "SHOW lock_timeout",
            "INSERT INTO t VALUES (1)", "WITH a AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id FROM a",
            "UPDATE t SET \"into\" = 'INTO'", "DELETE FROM t", "BEGIN", "COMMIT", "ROLLBACK", "SELECT 1 - 1 / 2 * 3",
        ]
    )
    func allowed(statement: String) {
        #expect(StatementCheck.allows(statement))
    }

    @Test(
        "Everything else may not, however it is dressed",
        arguments: [
            "DROP TABLE t", "drop table t", "  DROP TABLE t", "/* SELECT */ DROP TABLE t", "-- SELECT\nDROP TABLE t",
            "SELECT 1; DROP TABLE t", "SELECT 1;", "(SELECT 1); DROP TABLE t", "", " ", ";",
            "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1", "EXPLAIN SELECT 1", "DO 'BEGIN DROP TABLE t; END'",
            "CALL drop_it()", "EXECUTE drop_it", "PREPARE a AS DELETE FROM t", "LOCK TABLE t", "TRUNCATE t", "VACUUM t",
            "SET lock_timeout = 0", "RESET ALL", "COPY t FROM PROGRAM 'true'", "REFRESH MATERIALIZED VIEW v",
            "MERGE INTO t",
            "SELECT * INTO copy FROM t", "select *\ninto temp copy from t",
            "WITH a AS (SELECT 1) SELECT * INTO copy FROM a",
            "COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'", "BEGIN; DROP TABLE t", "SELECTED", "SELECT $a$ ; $a$",
            "SELECT 'open", "SELECT '\\'; DROP TABLE t; --'", "(SELECT 1)", "SELECT \"a\";DROP TABLE t",
            "SELECT 1 /* a */",
            "\u{FEFF}SELECT 1", "'SELECT' DROP", "\"SELECT\" 1",
        ]
    )
    func refused(statement: String) {
        #expect(!StatementCheck.allows(statement))
    }
}
