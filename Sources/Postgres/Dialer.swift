internal import CLibPQ

/// Makes connections off the shared threads.
actor Dialer {
    private let executor = QueueExecutor(label: "online-change.dialer")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func dial(_ parameters: ConnectionParameters) throws(PostgresError) -> Connection {
        guard !parameters.isMalformed else {
            throw .cannotConnect(
                "the connection string is malformed (it is not shown, as it may hold a password); "
                    + "in a URI, special characters in user and password are percent-encoded"
            )
        }
        let keywords = parameters.keywords
        let handle = withCStrings(keywords.map(\.keyword) + [nil]) { names in
            withCStrings(keywords.map(\.value) + [nil]) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else { throw .cannotConnect("out of memory") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
            PQfinish(handle)
            // A server that has no such database, say, quotes what it was asked for.
            throw .cannotConnect(Secrets.hidden(in: reason.trimmingNewlines))
        }
        nonisolated(unsafe) let connected = handle
        return Connection(handle: connected)
    }
}
