import Oracles
import Postgres

/// The table that most of these tests rename a column of: rows of about 140 bytes, a primary key, and one index each on
/// the column and on another.
enum Account {
    static let table = QualifiedName(schema: "public", name: "account")

    static func create(rows: Int, on parameters: ConnectionParameters, indexed: Bool = true) async throws {
        let connection = try await Connection.open(parameters)
        try await connection.run(
            """
            CREATE TABLE account (id bigint PRIMARY KEY, name text, city text DEFAULT 'nowhere',
                                  filler text DEFAULT repeat('-', 70))
            """
        )
        try await connection.run(
            """
            INSERT INTO account SELECT g, 'name ' || g, 'city ' || g % 1000, repeat('x', 70)
            FROM generate_series(1, \(rows)::int) AS g
            """
        )
        try await connection.run("CREATE INDEX account_city ON account (city)")
        if indexed { try await connection.run("CREATE INDEX account_name ON account (name)") }
        try await connection.run("VACUUM ANALYZE account")
        await connection.close()
    }

    /// Rows that don't hold what `create` wrote, by the name given; none may be missing either.
    static func damaged(rows: Int, by name: Identifier, on parameters: ConnectionParameters) async throws -> Int {
        let connection = try await Connection.open(parameters)
        let damaged: Int = try await connection.value(
            """
            SELECT count(*) FROM generate_series(1, \(rows)::int) AS g FULL JOIN account AS a ON a.id = g
            WHERE a.\(name) IS DISTINCT FROM 'name ' || g
            """
        )
        await connection.close()
        return damaged
    }

    /// The catalog as it is now.
    static func portrait(_ parameters: ConnectionParameters) async throws -> CatalogPortrait {
        let connection = try await Connection.open(parameters)
        let portrait = try await CatalogPortrait.take(on: connection)
        await connection.close()
        return portrait
    }
}
