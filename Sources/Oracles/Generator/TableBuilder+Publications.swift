import Postgres

extension TableBuilder {
    mutating func addPublications() async throws(PostgresError) {
        guard random.chance(15) else { return }
        let name = Identifier("publication \(seed)")
        let list: SQL = random.chance(40) ? " (\(columnList(atMost: 4)))" : ""
        let filter: SQL = random.chance(40) ? " WHERE (\(condition()))" : ""
        let options: SQL = random.pick(["", "", " WITH (publish = 'insert')", " WITH (publish = 'insert, update')"])
        let target: SQL = random.pick([
            "FOR TABLE \(table)\(list)\(filter)", "FOR TABLE \(table)\(list)\(filter)",
            "FOR TABLES IN SCHEMA \(table.schema)",
            "FOR ALL TABLES",
        ])
        if try await attempt("CREATE PUBLICATION \(name) \(target)\(options)") { keep(publication: name) }
    }
}
