import Postgres
import TestSupport
import Testing

struct QueryResultTests {
    @Test
    func manyRows() async throws {
        try await withScratchConnection { connection in
            let rows = try await connection.run("SELECT n, NULL AS nothing FROM generate_series(1, 100000) n").rows
            #expect(rows.count == 100_000)
            #expect(try rows[99_999]["n"] == 100_000)
            #expect(try rows[99_999]["nothing"] as Int? == nil)
        }
    }

    @Test
    func bigValue() async throws {
        try await withScratchConnection { connection in
            let value = String(repeating: "0123456789", count: 1_000_000)
            let back: String = try await connection.value("SELECT \(value)::text")
            #expect(back == value)
        }
    }

    @Test
    func countsWhatACommandTouched() async throws {
        try await withScratchConnection { connection in
            let create = try await connection.run("CREATE TABLE t (n int)")
            #expect(create.affected == 0)
            let insert = try await connection.run("INSERT INTO t VALUES (1), (2)")
            #expect(insert.affected == 2)
            let update = try await connection.run("UPDATE t SET n = n WHERE n = 1 RETURNING n")
            #expect(update.affected == 1)
            let delete = try await connection.run("DELETE FROM t WHERE n = 9")
            #expect(delete.affected == 0)
        }
    }
}
