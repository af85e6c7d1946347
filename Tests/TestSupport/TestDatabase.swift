import Postgres
import Testing

/// An empty database that one test has to itself.
public struct TestDatabase: Sendable {
    /// Its name on the server.
    public let name: Identifier
    /// How to connect to it, as the superuser.
    public let parameters: ConnectionParameters

    /// The connection string in libpq's keyword form, for programs that are given one.
    public let dsn: String

    @TaskLocal private static var scoped: TestDatabase?

    /// The database of the running test, which has the trait `.database` or is called within `withDatabase`.
    public static var current: TestDatabase {
        get throws {
            guard let scoped else { throw NoDatabase() }
            return scoped
        }
    }

    /// A new connection to it; closed when dropped, or at the latest with the database.
    public func connect() async throws(PostgresError) -> Connection {
        try await Connection.open(parameters)
    }

    /// Runs statements, each with a commit of its own, on a connection of their own.
    public func run(_ statements: SQL...) async throws(PostgresError) {
        let connection = try await connect()
        for statement in statements { try await connection.run(Query(statement)) }
        await connection.close()
    }

    /// The connection string for another role.
    public func dsn(user: Identifier) async throws -> String {
        try await TestServer.shared().dsn(database: name.name, user: user.name)
    }

    /// Makes a database, gives it to the body, also as `current`, and drops it whatever the body's outcome.
    static func scope<Value>(_ body: (TestDatabase) async throws -> Value) async throws -> Value {
        // A test with two databases needs no second turn, or such tests would wait for one another.
        if scoped != nil { return try await made(body) }
        return try await turns.take { try await made(body) }
    }

    private static func made<Value>(_ body: (TestDatabase) async throws -> Value) async throws -> Value {
        let name = Identifier("test_\(UInt64.random(in: .min ... .max))")
        try await TestServer.maintain { try await $0.run("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'") }
        let dsn = try await TestServer.shared().dsn(database: name.name)
        let database = TestDatabase(name: name, parameters: ConnectionParameters(conninfo: dsn), dsn: dsn)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await $scoped.withValue(database) { try await body(database) })
        } catch {
            outcome = .failure(error)
        }
        do {
            try await TestServer.maintain { try await database.drop(on: $0) }
        } catch {
            Issue.record(error, "database \(name) could not be dropped")
        }
        return try outcome.get()
    }

    /// Enough to keep every processor busy, with connections to spare for each.
    private static let turns = Turns(32)
}

/// A test asked for a database and has no trait that makes one.
private struct NoDatabase: Error, CustomStringConvertible {
    let description = "this test has no database: give it or its suite the trait .database"
}
