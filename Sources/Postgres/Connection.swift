internal import CLibPQ

/// One connection to a server.
///
/// Its calls run one after another on a thread of its own, in which libpq may block; the caller's task only waits.
/// When the calling task is cancelled, the statement is cancelled on the server.
public actor Connection {
    private let executor: QueueExecutor
    private nonisolated(unsafe) let handle: OpaquePointer
    private let canceller: StatementCanceller
    private let notices: NoticeLog
    private var isClosed = false

    /// The server process as the protocol announced it. A pooler between here and the server announces one of its own.
    public nonisolated let announcedBackend: Int
    /// The server's version: 150018 is 15.18.
    public nonisolated let serverVersion: Int
    /// The host or socket folder, for messages; never holds a password.
    public nonisolated let host: String

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Connects.
    ///
    /// - Throws: `PostgresError.cannotConnect` with libpq's reason.
    public static func open(_ parameters: ConnectionParameters) async throws(PostgresError) -> Connection {
        // Connecting blocks too; a throw-away actor on a queue of its own keeps it off the shared threads.
        try await Dialer().dial(parameters)
    }

    init(handle: OpaquePointer) {
        self.handle = handle
        executor = QueueExecutor(label: "online-change.connection")
        canceller = StatementCanceller(connection: handle)
        notices = NoticeLog(connection: handle)
        announcedBackend = Int(PQbackendPID(handle))
        serverVersion = Int(PQserverVersion(handle))
        host = PQhost(handle).map { String(cString: $0) } ?? ""
    }

    deinit {
        if !isClosed { PQfinish(handle) }
    }

    /// Closes the connection; what it had not committed is rolled back by the server.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        PQfinish(handle)
    }

    /// Runs one statement and returns all of its rows.
    ///
    /// - Parameter cancellable: whether cancelling the task cancels the statement. False for COMMIT, whose outcome must
    ///   be known.
    /// - Throws: `.server` if the server refused it, `.connectionLost` if the connection broke, `.cancelled` if the
    ///   task was cancelled before the statement ended.
    @discardableResult
    public func run(_ query: Query, cancellable: Bool = true) async throws(PostgresError) -> QueryResult {
        try await perform(.query(query), cancellable: cancellable)
    }

    /// Runs statements one after another in a single message (PostgreSQL documentation, 55.2.2.1) and drops their rows.
    ///
    /// One round trip for all of them: a lock that one takes isn't held for the network's time. Outside a transaction
    /// that the statements begin themselves, the server runs them as one.
    public func script(_ statements: [SQL], cancellable: Bool = true) async throws(PostgresError) {
        let text = SQL.joined(statements, separator: ";\n").text
        try await perform(.script(text), cancellable: cancellable)
    }

    /// What goes to the server. A value, not a closure: a closure that isn't the actor's own would run, and block, on
    /// one of the shared threads.
    private enum Message {
        case query(Query)
        case script(String)

        var text: String {
            switch self {
            case .query(let query): query.text
            case .script(let text): text
            }
        }
    }

    @discardableResult
    private func perform(_ message: Message, cancellable: Bool) async throws(PostgresError) -> QueryResult {
        guard !isClosed else { throw .connectionLost("the connection is closed") }
        guard cancellable else { return try send(message).get() }
        if Task.isCancelled { throw .cancelled }
        // Begun before the handler is there: a task that is cancelled just now calls it at once.
        let statement = canceller.statementBegins()
        let outcome = await withTaskCancellationHandler {
            send(message)
        } onCancel: {
            canceller.cancel(statement)
        }
        canceller.statementEnded()
        if case .failure(.server(let error)) = outcome, error.state == .queryCanceled, Task.isCancelled {
            throw .cancelled
        }
        return try outcome.get()
    }

    /// Runs one statement and returns the first column of its only row.
    public func value<Value: RowDecodable & Sendable>(
        _ query: Query,
        as type: Value.Type = Value.self
    ) async throws(PostgresError) -> Value {
        let rows = try await run(query).rows
        guard rows.count == 1 else { throw .decoding("\(rows.count) rows where one was expected") }
        return try rows[0].first()
    }

    private func send(_ message: Message) -> Result<QueryResult, PostgresError> {
        assertIsolated()
        #if DEBUG
            Failpoint.pass(.before, message.text)
            defer { Failpoint.pass(.after, message.text) }
        #endif
        return switch message {
        case .query(let query): send(query)
        case .script(let text): send(script: text)
        }
    }

    private func send(_ query: Query) -> Result<QueryResult, PostgresError> {
        // C would end the text there, and the server would run a half of it.
        guard !query.holdsNUL else { return Self.holdsNUL }
        return finish(
            withCStrings(query.values) { values in
                PQexecParams(handle, query.text, Int32(values.count), nil, values, nil, nil, 0)
            }
        )
    }

    private func send(script: String) -> Result<QueryResult, PostgresError> {
        guard !script.utf8.contains(0) else { return Self.holdsNUL }
        return finish(PQexec(handle, script))
    }

    private static let holdsNUL: Result<QueryResult, PostgresError> =
        .failure(.server(ServerError(state: .characterNotInRepertoire, message: "a text holds a NUL")))

    private func finish(_ result: OpaquePointer?) -> Result<QueryResult, PostgresError> {
        guard let result else {
            // libpq itself refuses some statements, such as one with more values than the protocol can count.
            let isRefusal = PQstatus(handle) == CONNECTION_OK
            return .failure(isRefusal ? .server(ServerError(state: "XX000", message: reason)) : .connectionLost(reason))
        }
        defer { PQclear(result) }
        let notices = self.notices.take()
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            return .success(QueryResult(result, notices: notices))
        case PGRES_EMPTY_QUERY:
            return .failure(.decoding("the statement is empty"))
        // An error without a code is libpq's own: the connection is broken, though libpq may not have closed it yet.
        case PGRES_FATAL_ERROR where PQstatus(handle) == CONNECTION_OK && ServerError.hasCode(result):
            return .failure(.server(ServerError(result)))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQfinish(handle)
            isClosed = true
            return .failure(.connectionLost("COPY to or from the client is not supported"))
        default:
            return .failure(.connectionLost(reason))
        }
    }

    /// What libpq last complained of.
    private var reason: String {
        Secrets.hidden(in: (PQerrorMessage(handle).map { String(cString: $0) } ?? "").trimmingNewlines)
    }
}
