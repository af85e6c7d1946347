import Foundation
import Postgres
import Synchronization
import Testing

/// An empty database of a test's own.
public struct TestDatabase: Sendable {
    /// Its name.
    public let name: String
    /// A superuser's connection to it.
    public let parameters: ConnectionParameters

    @TaskLocal private static var bound: TestDatabase?

    /// The database of the test that runs; the test or its suite has the trait `.database`.
    public static var current: TestDatabase {
        get throws {
            guard let bound else { throw MissingTrait() }
            return bound
        }
    }

    /// The superuser's connection string, for programs that are given one.
    public var dsn: String { parameters.conninfo ?? "" }

    /// Connects as the superuser.
    public func connect() async throws -> Connection {
        try await Connection.open(parameters)
    }

    /// Parameters for another role.
    public func parameters(as role: Identifier) async throws -> ConnectionParameters {
        try await TestServer.parameters(database: name, user: role.name)
    }

    /// Runs statements, separated by semicolons, as the superuser.
    public func run(_ script: SQL) async throws {
        let connection = try await connect()
        try await connection.script([script])
        await connection.close()
    }

    /// Reads one value as the superuser.
    public func value<Value: RowDecodable & Sendable>(_ query: Query, as type: Value.Type = Value.self) async throws
        -> Value
    {
        let connection = try await connect()
        let value: Value = try await connection.value(query)
        await connection.close()
        return value
    }

    /// Makes a database, gives it to the body, also as `current`, and drops it whatever becomes of the body.
    static func with<Value>(_ body: (TestDatabase) async throws -> Value) async throws -> Value {
        // A test with two databases needs no second turn, or such tests would wait for one another.
        if bound != nil { return try await made(body) }
        return try await turns.take { try await made(body) }
    }

    private static func made<Value>(_ body: (TestDatabase) async throws -> Value) async throws -> Value {
        let name = "test_\(ProcessInfo.processInfo.processIdentifier)_\(counter.add(1, ordering: .relaxed).newValue)"
        try await TestServer.maintain { maintenance in
            try await maintenance.run("CREATE DATABASE \(Identifier(name)) TEMPLATE template0 ENCODING 'UTF8'")
        }
        let database = TestDatabase(name: name, parameters: try await TestServer.parameters(database: name))
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await $bound.withValue(database) { try await body(database) })
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

    private static let counter = Atomic(0)

    /// Enough to keep every processor busy, with connections to spare for each.
    private static let turns = Turns(32)

    private struct MissingTrait: Error, CustomStringConvertible {
        let description = "this test has no database: give it, or its suite, the trait .database"
    }
}
