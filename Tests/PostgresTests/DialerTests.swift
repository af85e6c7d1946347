import Postgres
import TestSupport
import Testing

struct DialerTests {
    @Test
    func announcesTheServer() async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            try await #expect(connection.value("SELECT pg_backend_pid()") == connection.announcedBackend)
            let version: String = try await connection.value("SHOW server_version_num")
            #expect(Int(version) == connection.serverVersion)
            #expect(!connection.host.isEmpty)
        }
    }

    @Test
    func namesTheApplication() async throws {
        try await withScratchDatabase { parameters in
            var parameters = parameters
            try await #expect(setting("application_name", parameters) == "online-change")
            parameters.applicationName = "it's \\ another"
            try await #expect(setting("application_name", parameters) == "it's \\ another")
        }
    }

    @Test
    func connectionStringMayNameTheApplicationButNotTheEncoding() async throws {
        let base = try await TestServer.cluster.dsn()
        let parameters = ConnectionParameters(conninfo: base + " application_name=mine client_encoding=LATIN1")
        try await #expect(setting("application_name", parameters) == "mine")
        try await #expect(setting("client_encoding", parameters) == "UTF8")
    }

    private func setting(_ name: String, _ parameters: ConnectionParameters) async throws -> String {
        let connection = try await Connection.open(parameters)
        return try await connection.value("SELECT current_setting(\(name))")
    }

    @Test
    func saysWhyItCannotConnect() async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Connection.open(ConnectionParameters(conninfo: "host=/nonexistent password=hunter2"))
        }
        let text = try #require(error).description
        #expect(text.hasPrefix("cannot connect to the server: connection to server on socket \"/nonexistent/.s.PGSQL."))
        #expect(!text.contains("hunter2"))
        #expect(text.last?.isNewline == false)
    }

    @Test(arguments: [
        "host=/nonexistent password=hunter2",
        "host=/nonexistent password=my hunter2",
        "host=/nonexistent password='hunter2",
        "host=/nonexistent password=hunter2\0",
        "host=/nonexistent nosuch=1 password=hunter2",
        "postgresql://me:hunter2@localhost:1/db",
        "postgresql://me:hunter2@[::1/db",
        "postgresql://me:hunter2@localhost:1:x/db",
        "postgresql://me:%zzhunter2@localhost/db",
        "postgresql://me:a@hunter2@localhost:1/db",
        "postgresql://me:hunter2/b@localhost:1/db",
        "postgresql://me:hunter2#@localhost:1/db?nosuch=1",
        "postgresql://localhost:1/db?password=hunter2&nosuch",
        "postgres://me:hunter2?b@localhost:1/db",
    ])
    func neverShowsAPassword(conninfo: String) async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Connection.open(ConnectionParameters(conninfo: conninfo))
        }
        guard case .cannotConnect(let reason) = try #require(error) else {
            Issue.record("not .cannotConnect but \(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty)
        #expect(!reason.contains("hunter2"))
    }

    @Test
    func refusalOfTheServerIsCannotConnect() async throws {
        let base = try await TestServer.cluster.dsn()
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Connection.open(ConnectionParameters(conninfo: base + " dbname=nosuch"))
        }
        #expect(error?.description.hasSuffix("FATAL:  database \"nosuch\" does not exist") == true)
    }

    @Test
    func manyConnectInParallel() async throws {
        try await withScratchDatabase { parameters in
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let connection = try await Connection.open(parameters)
                        try await connection.run("SELECT pg_sleep(0.3)")
                        return try await connection.value("SELECT \(number)::int")
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == Set(0..<60))
        }
    }
}
