import Postgres

/// Compares what clients know of their rows with what the table holds.
struct WorkloadVerification {
    let table: QualifiedName
    let key: Identifier
    let names: [Identifier]

    private static let batch = 5_000

    /// One line for each row and name that holds what it must not, by key.
    func findings(
        for states: [Int: RowState],
        of client: String,
        on connection: Connection
    ) async throws(PostgresError) -> [String] {
        let keys = states.keys.sorted()
        var findings: [String] = []
        for start in stride(from: 0, to: keys.count, by: Self.batch) {
            let batch = Array(keys[start..<min(start + Self.batch, keys.count)])
            let found = try await contents(of: batch, on: connection)
            for key in batch {
                guard let state = states[key] else { continue }
                for (name, content) in zip(names, found[key] ?? names.map { _ in .absent })
                where !state.allows(content) {
                    findings.append("key \(key): \(content) by \(name), must be \(state) (\(client))")
                }
            }
        }
        return findings
    }

    private func contents(
        of keys: [Int],
        on connection: Connection
    ) async throws(PostgresError) -> [Int: [RowContent]] {
        let columns = SQL.joined(names.enumerated().map { "\($1)::text AS \(Self.alias($0))" as SQL })
        let query: Query = """
            SELECT \(key)::bigint AS counted_key, \(columns) FROM \(table) WHERE \(key) = ANY (\(keys)::bigint[])
            """
        var contents: [Int: [RowContent]] = [:]
        for row in try await connection.run(query).rows {
            let key: Int = try row["counted_key"]
            var values: [RowContent] = []
            for index in names.indices { values.append(.holding(try row[Self.alias(index).name])) }
            contents[key] = values
        }
        return contents
    }

    private static func alias(_ index: Int) -> Identifier { Identifier("counted_value_\(index)") }
}
