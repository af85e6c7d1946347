import Postgres

/// A client's connection: measures what is sent, counts what fails, and comes back after a loss.
actor ClientSession {
    /// How a statement ended.
    enum Outcome: Sendable {
        case done(QueryResult)
        /// The server refused it: it has had no effect.
        case refused
        /// The connection broke before the answer.
        case unknown
    }

    private let client: String
    private let statements: ClientStatements
    private let parameters: ConnectionParameters
    private var connection: Connection?
    private var prepared: Set<ClientStatements.Kind> = []
    private var lostBackend: Int?
    private(set) var tally = Tally()

    init(client: String, statements: ClientStatements, parameters: ConnectionParameters) {
        self.client = client
        self.statements = statements
        self.parameters = parameters
    }

    /// Connects unless connected. Returns false if that was not possible now.
    func connect() async -> Bool {
        guard connection == nil else { return true }
        do {
            let new = try await Connection.open(parameters)
            await waitForLostBackend(on: new)
            connection = new
            return true
        } catch {
            tally.connectionsLost += 1
            return false
        }
    }

    func close() async {
        await connection?.close()
        connection = nil
        prepared = []
    }

    /// Sends the statement for one row, by name if the client prepares its statements.
    func send(_ kind: ClientStatements.Kind, key: Int, value: String? = nil) async -> Outcome {
        if statements.isPrepared, !prepared.contains(kind) {
            guard case .done = await send(statements.preparation(of: kind)) else { return .refused }
            prepared.insert(kind)
        }
        return await send(statements.query(kind, key: key, value: value))
    }

    func send(_ query: Query) async -> Outcome {
        guard let connection else { return .refused }
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: Result<QueryResult, PostgresError>
        do {
            outcome = .success(try await connection.run(query, cancellable: false))
        } catch {
            outcome = .failure(error)
        }
        let end = clock.now
        tally.latency.add(end - start, endedAt: end)
        switch outcome {
        case .success(let result):
            return .done(result)
        case .failure(.server(let error)) where !Self.endsConnection(error.state):
            count(error, in: query)
            await prepareAgain(after: error.state, on: connection)
            return .refused
        case .failure:
            await lose(connection)
            return .unknown
        }
    }

    private func count(_ error: ServerError, in query: Query) {
        tally.countError(
            Tally.Failure(
                client: client,
                statement: query.text,
                state: error.state.code,
                message: error.description
            )
        )
    }

    // As drivers do when a cached plan has become impossible.
    private func prepareAgain(after state: SQLState, on connection: Connection) async {
        guard state == "0A000" || state == "26000" else { return }
        prepared = []
        _ = try? await connection.run("DEALLOCATE ALL")
    }

    private func lose(_ connection: Connection) async {
        tally.connectionsLost += 1
        lostBackend = connection.announcedBackend
        prepared = []
        await connection.close()
        self.connection = nil
    }

    // A server process that outlives its connection may still carry out the last statement, after our next ones.
    private func waitForLostBackend(on connection: Connection) async {
        guard let lostBackend else { return }
        for _ in 0..<250 {
            let count = try? await connection.value(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = \(lostBackend)",
                as: Int.self
            )
            if count == 0 { break }
            try? await ContinuousClock().sleep(for: .milliseconds(20))
        }
        self.lostBackend = nil
    }

    // The administrator's shutdown, a crash, and a server that starts or stops.
    private static func endsConnection(_ state: SQLState) -> Bool {
        ["57P01", "57P02", "57P03"].contains(state.code)
    }
}
