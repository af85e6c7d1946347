import Postgres
import TestSupport
import Testing

struct NoticeLogTests {
    @Test
    func noticesComeWithTheirStatement() async throws {
        try await withScratchConnection { connection in
            let noisy = try await connection.run("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$")
            #expect(noisy.notices == ["one", "two"])
            let next = try await connection.run("SELECT 1")
            #expect(next.notices == [])
        }
    }

    @Test
    func noticesOfAFailedStatementDoNotComeWithTheNext() async throws {
        try await withScratchConnection { connection in
            await #expect(throws: PostgresError.self) {
                try await connection.run("DO $$ BEGIN RAISE NOTICE 'one'; RAISE 'two'; END $$")
            }
            let next = try await connection.run("SELECT 1")
            #expect(next.notices == [])
        }
    }

    @Test
    func noticesAreNotPrinted() async throws {
        let server = try await TestServer.cluster.dsn()
        let child = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [server = server as String] in
            let connection = try await Connection.open(ConnectionParameters(conninfo: server))
            try await connection.run("DO $$ BEGIN RAISE WARNING 'from the server'; END $$")
            await connection.close()
        }
        let printed = String(decoding: child?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!printed.contains("from the server"))
    }
}
