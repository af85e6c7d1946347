import Postgres

extension TableBuilder {
    /// Between none and 200 rows, in one statement where the server takes them all, else one by one.
    mutating func addRows() async throws(PostgresError) {
        let count = random.pick([0, 1, 3, 20, 60, 200])
        var written: [RandomColumn] = []
        for column in columns where !column.isGenerated {
            let isLeftToServer = column.isAlwaysIdentity && random.chance(50)
            if !isLeftToServer { written.append(column) }
        }
        guard count > 0 else { return }
        if written.isEmpty {
            for _ in 0..<min(count, 20) { try await attempt("INSERT INTO \(table) DEFAULT VALUES") }
        } else {
            let names = SQL.joined(written.map { "\($0.name)" })
            let rows = (1...count).map { row in tuple(of: written, row: row) }
            let head: SQL = "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE VALUES"
            if try await !attempt("\(head)\n\(.joined(rows, separator: ",\n"))") {
                for row in rows { try await attempt("\(head) \(row)") }
            }
        }
        if random.chance(30) { try await attempt("DELETE FROM \(table) WHERE \(condition())") }
        if random.chance(20) { try await addColumn() }
        if random.chance(50) { try await attempt("ANALYZE \(table)") }
    }

    private mutating func tuple(of written: [RandomColumn], row: Int) -> SQL {
        var values: [SQL] = []
        for column in written {
            let isNull = !column.isNotNull && column.name != columns[0].name && random.chance(20)
            values.append(isNull ? "NULL" : column.constant(&random, row: row))
        }
        return "(\(.joined(values)))"
    }
}
