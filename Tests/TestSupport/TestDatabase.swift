import Foundation
import Postgres
import Synchronization
import Testing
import ThrowawayPostgres

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

    static func with(_ body: (TestDatabase) async throws -> Void) async throws {
        let number = counter.add(1, ordering: .relaxed).newValue
        let name = "test_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        let identifier = Identifier(name)
        let maintenance = try await Connection.open(TestServer.parameters())
        try await maintenance.run("CREATE DATABASE \(identifier) TEMPLATE template0 ENCODING 'UTF8'")
        let database = TestDatabase(name: name, parameters: try await TestServer.parameters(database: name))
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await $bound.withValue(database) { try await body(database) })
        } catch {
            outcome = .failure(error)
        }
        // A cancelled test cleans up too.
        try await maintenance.run("DROP DATABASE \(identifier) WITH (FORCE)", cancellable: false)
        await maintenance.close()
        try outcome.get()
    }

    private static let counter = Atomic(0)

    private struct MissingTrait: Error, CustomStringConvertible {
        let description = "this test has no database: give it, or its suite, the trait .database"
    }
}

/// Runs each test of a suite in an empty database of its own.
public struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await TestDatabase.with { _ in try await function() }
    }
}

extension Trait where Self == DatabaseTrait {
    /// Gives each test an empty database of its own: `TestDatabase.current`.
    public static var database: DatabaseTrait { DatabaseTrait() }
}

/// Runs a body in an empty database of its own.
public func withScratchDatabase(_ body: (ConnectionParameters) async throws -> Void) async throws {
    try await TestDatabase.with { try await body($0.parameters) }
}

/// Runs a body with one connection to an empty database.
public func withScratchConnection(_ body: (Connection) async throws -> Void) async throws {
    try await withScratchDatabase { parameters in
        let connection = try await Connection.open(parameters)
        try await body(connection)
        await connection.close()
    }
}
