import Postgres

/// A connection with the settings that every session of ours has.
///
/// It takes queries only. DDL goes through `LockGuard`, which alone can make the permit that `script` asks for, so no
/// other code can take a strong lock.
public struct Session: Sendable {
    private let connection: Connection
    /// The search_path that the login has been given. The session itself looks names up in pg_catalog alone.
    let loginPath: String

    /// The server's version: 150018 is 15.18.
    public var serverVersion: Int { connection.serverVersion }

    /// Connects, and makes the session independent of what roles and databases have been given as defaults.
    ///
    /// From the first catalog query on no name is looked up but in pg_catalog: the login may be a superuser, and whoever
    /// may create functions and operators in a schema of its search_path must not have it call them.
    ///
    /// - Throws: `Failure.refused` if a pooler would give each statement another server process.
    public static func open(_ parameters: ConnectionParameters) async throws -> Session {
        let connection = try await Connection.open(parameters)
        do {
            return try await prepared(connection, parameters)
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func prepared(_ connection: Connection, _ parameters: ConnectionParameters) async throws -> Session {
        // What is set in a process that the pooler gives to an application next would be that application's.
        try await PoolerCheck.run(connection, parameters: parameters)
        let session = Session(
            connection: connection,
            loginPath: try await connection.value("SELECT pg_catalog.current_setting('search_path')")
        )
        let settings = [
            ("search_path", LookupPath.text([])),
            ("lock_timeout", "1000"), ("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "60000"),
            ("row_security", "off"), ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"), ("default_transaction_deferrable", "off"),
            ("standard_conforming_strings", "on"), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"),
            ("extra_float_digits", "1"), ("client_min_messages", "warning"), ("escape_string_warning", "off"),
            // What others have set for sessions that idle would end ours while a change is paused.
            ("idle_session_timeout", "0"),
            // Definitions are compared as the server prints them, and read by what it prints.
            ("quote_all_identifiers", "off"), ("transform_null_equals", "off"), ("array_nulls", "on"),
            // A commit that waits for a standby holds its locks meanwhile; what must outlive the server waits without any.
            ("synchronous_commit", "local"),
            // Compiling one of our catalog queries takes ten times as long as running it.
            ("jit", "off"),
        ]
        // One message for all: a session must not cost a dozen round trips.
        let names = settings.map(\.0)
        let values = settings.map(\.1)
        try await session.run(
            """
            SELECT pg_catalog.set_config(s.name, s.value, false)
            FROM ROWS FROM (pg_catalog.unnest(\(names)::pg_catalog.text[]),
                            pg_catalog.unnest(\(values)::pg_catalog.text[])) AS s(name, value)
            """
        )
        if session.serverVersion >= 17_00_00 {
            try await session.set("transaction_timeout", to: "0")
        }
        return session
    }

    /// Becomes the table's owner, and looks names up in pg_catalog alone.
    ///
    /// - Parameter keepingPath: whether to look in the user's own search_path after that, for functions of theirs that
    ///   our statements call.
    func secure(as owner: Identifier?, keepingPath: Bool = false) async throws {
        let path = ["pg_catalog", loginPath].filter { !$0.isEmpty }.joined(separator: ", ")
        try await set("search_path", to: keepingPath ? path : LookupPath.text([]))
        if let owner { try await set("role", to: owner.name) }
    }

    /// Reads one value with names looked up as the login does. The query must spell out the schema of all that it uses.
    func valueByLoginPath<Value: RowDecodable & Sendable>(_ query: Query) async throws -> Value {
        try await set("search_path", to: loginPath)
        let value: Value = try await self.value(query)
        try await set("search_path", to: LookupPath.text([]))
        return value
    }

    /// Gives a setting a value for the rest of the session.
    func set(_ name: String, to value: String) async throws {
        try await connection.run("SELECT pg_catalog.set_config(\(name), \(value), false)")
    }

    /// Runs a query or a write; refuses everything else.
    @discardableResult
    public func run(_ query: Query, cancellable: Bool = true) async throws -> QueryResult {
        guard StatementCheck.allows(query.text) else { throw DDLOutsideLockGuard(statement: query.text) }
        return try await connection.run(query, cancellable: cancellable)
    }

    /// Runs a query and returns the first column of its only row.
    public func value<Value: RowDecodable & Sendable>(_ query: Query, as type: Value.Type = Value.self) async throws
        -> Value
    {
        guard StatementCheck.allows(query.text) else { throw DDLOutsideLockGuard(statement: query.text) }
        return try await connection.value(query)
    }

    /// Runs statements in one message, so that a lock taken by the first is held for no more than their own time.
    func script(_ statements: [SQL], permit: DDLPermit, cancellable: Bool = true) async throws {
        try await connection.script(statements, cancellable: cancellable)
    }

    /// Runs one statement, which the server takes for an error if it is two.
    func single(_ statement: SQL, permit: DDLPermit) async throws {
        try await connection.run(Query(statement))
    }

    /// Rolls back whatever is open; an error while doing so means that the connection is gone, and with it the work.
    func rollback() async {
        _ = try? await connection.run("ROLLBACK", cancellable: false)
    }

    /// Ends the connection.
    public func close() async {
        await connection.close()
    }
}

/// A statement that is neither query nor write was sent past the lock guard: a mistake in this program.
public struct DDLOutsideLockGuard: Error, CustomStringConvertible {
    let statement: String

    public var description: String { "refused to run outside the lock guard: \(statement)" }
}
