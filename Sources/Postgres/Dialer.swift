internal import CLibPQ

/// Makes connections off the shared threads.
actor Dialer {
    private let executor = QueueExecutor(label: "online-change.dialer")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func dial(_ parameters: ConnectionParameters) throws(PostgresError) -> Connection {
        let keywords = parameters.keywords
        let handle = withCStrings(keywords.map(\.keyword)) { names in
            withCStrings(keywords.map(\.value)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else { throw .cannotConnect("out of memory") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
            PQfinish(handle)
            throw .cannotConnect(reason.trimmingNewlines)
        }
        nonisolated(unsafe) let connected = handle
        return Connection(handle: connected)
    }

    private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        var pointers: [UnsafePointer<CChar>?] = []
        func next(_ rest: ArraySlice<String>) -> Result {
            guard let first = rest.first else { return body(pointers + [nil]) }
            return first.withCString { pointer in
                pointers.append(pointer)
                return next(rest.dropFirst())
            }
        }
        return next(texts[...])
    }
}
