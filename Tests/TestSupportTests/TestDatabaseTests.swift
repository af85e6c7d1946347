import Postgres
import TestSupport
import Testing

@Suite(.database)
struct TestDatabaseTests {
    @Test(arguments: 0..<3)
    func everyCaseStartsEmpty(case: Int) async throws {
        try await TestDatabase.current.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
        let connection = try await TestDatabase.current.connect()
        try await #expect(connection.value("SELECT count(*) FROM t") == 1)
        try await #expect(connection.value("SHOW server_encoding") == "UTF8")
        try await #expect(connection.value("SELECT current_database()") == TestDatabase.current.name)
    }

    @Test func aSecondDatabaseIsAnother() async throws {
        let outer = try TestDatabase.current.name
        let inner = try await withDatabase { _ in try TestDatabase.current.name }
        #expect(inner != outer)
        #expect(try TestDatabase.current.name == outer)
        try await #expect(exists(outer))
        try await #expect(!exists(inner))
    }

    @Test func goesAfterAnError() async throws {
        struct Failure: Error {}
        var name: String?
        await #expect(throws: Failure.self) {
            try await withDatabase { _ in
                name = try TestDatabase.current.name
                throw Failure()
            }
        }
        try await #expect(!exists(#require(name)))
    }

    @Test func goesWhenItsTestIsCancelled() async throws {
        let names = AsyncStream.makeStream(of: String.self)
        let test = Task {
            try await withDatabase { _ in
                names.continuation.yield(try TestDatabase.current.name)
                try await TestDatabase.current.run("SELECT pg_sleep(60)")
            }
        }
        let name = try #require(await names.stream.first { _ in true })
        test.cancel()
        await #expect(throws: PostgresError.cancelled) { try await test.value }
        try await #expect(!exists(name))
    }

    @Test func goesWithAllThatATestLeaves() async throws {
        let name = try await withDatabase { _ in
            let database = try TestDatabase.current
            try await database.run("CREATE TABLE t (id int)")
            try await database.run("SELECT pg_create_logical_replication_slot('left_' || pg_backend_pid(), 'pgoutput')")
            try await database.run(
                "CREATE SUBSCRIPTION left_behind CONNECTION 'host=/nonexistent' PUBLICATION p WITH (connect = false)"
            )
            let writer = try await database.connect()
            try await writer.script(["BEGIN", "INSERT INTO t VALUES (1)"])
            try await writer.script(["PREPARE TRANSACTION 'it''s left'"])
            try await writer.script(["BEGIN", "LOCK TABLE t IN ACCESS SHARE MODE"])
            return database.name
        }
        try await #expect(!exists(name))
    }

    @Test func rolesGoWithWhatTheyOwn() async throws {
        let database = try TestDatabase.current
        let owner = try await withRole { role in
            try await database.run("GRANT CREATE ON SCHEMA public TO \(role)")
            let session = try await Connection.open(database.parameters(as: role))
            try await #expect(session.value("SELECT current_user") == role.name)
            try await session.run("CREATE TABLE mine (id int)")
            try await session.script(["BEGIN", "LOCK TABLE mine"])
            return role
        }
        let connection = try await database.connect()
        try await #expect(connection.value("SELECT to_regclass('mine') IS NULL"))
        try await #expect(connection.value("SELECT to_regrole(\(owner.name)) IS NULL"))
    }

    @Test func eventuallyWaits() async throws {
        var looks = 0
        try await eventually {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test(.extensions("no such extension"))
    func disabledWithoutItsExtension() {
        Issue.record("ran")
    }

    @Test func knowsItsExtensions() async throws {
        #expect(await TestServer.hasExtension("plpgsql"))
        #expect(await !TestServer.hasExtension("no such extension"))
    }

    private func exists(_ database: String) async throws -> Bool {
        let connection = try await TestDatabase.current.connect()
        return try await connection.value("SELECT EXISTS (SELECT FROM pg_database WHERE datname = \(database))")
    }
}

struct NoDatabaseTests {
    @Test func thereIsNoneWithoutTheTrait() {
        #expect(throws: (any Error).self) { try TestDatabase.current }
    }

    @Test func moreAtOnceThanTheServerHasTurns() async throws {
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<80 {
                group.addTask {
                    try await withDatabase { _ in
                        try await TestDatabase.current.run("SELECT 1")
                        return try TestDatabase.current.name
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(names.count == 80)
    }
}
