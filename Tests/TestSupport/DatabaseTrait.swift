import Postgres
import Testing

/// Gives each test, and each case of a test with arguments, an empty database of its own: `TestDatabase.current`.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    /// A suite hands the trait to its tests.
    public let isRecursive = true

    /// Only around a test's cases: a suite itself, or a test that is disabled, needs no database.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
        testCase == nil ? nil : self
    }

    /// Called by the testing library around each case.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestDatabase.with { _ in try await function() }
    }
}

extension Trait where Self == DatabaseTrait {
    /// An empty database for each test: `TestDatabase.current`.
    public static var database: Self { DatabaseTrait() }
}

/// Runs the body with one connection to an empty database.
public func withScratchConnection(_ body: (Connection) async throws -> Void) async throws {
    try await withDatabase { parameters in
        let connection = try await Connection.open(parameters)
        try await body(connection)
        await connection.close()
    }
}

/// Runs the body with an empty database of its own, dropped afterwards.
@discardableResult
public func withDatabase<Value>(
    _ body: (ConnectionParameters) async throws -> Value
) async throws -> Value {
    try await TestDatabase.with { database in try await body(database.parameters) }
}

/// The same, for tests that call it by its longer name.
public func withScratchDatabase(_ body: (ConnectionParameters) async throws -> Void) async throws {
    try await withDatabase(body)
}

extension Trait where Self == ConditionTrait {
    /// Disables the test where the server lacks one of these extensions, as builds without contrib do.
    public static func extensions(_ names: String...) -> Self {
        .enabled("the server lacks one of the extensions \(names.joined(separator: ", "))") {
            for name in names where await !TestServer.hasExtension(name) { return false }
            return true
        }
    }

    /// Disables the test on servers older than this major version.
    public static func server(from major: Int) -> Self {
        .enabled("the server is older than PostgreSQL \(major)") { await TestServer.version >= major * 10_000 }
    }
}
