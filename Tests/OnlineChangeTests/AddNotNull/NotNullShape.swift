import Postgres
import TestSupport

/// A table and a column of it that is to become NOT NULL: one case of the oracle tests.
struct NotNullShape: Sendable, CustomStringConvertible {
    /// What is special about it.
    let name: String
    var table = QualifiedName(schema: "public", name: "item")
    var column: Identifier = "name"
    /// Makes the table and what hangs on it.
    let setup: SQL
    /// What NULLs become; nil for none.
    var fill: String? = "'unknown'"
    /// Gives some rows NULL, before each start.
    var nulls: SQL = "UPDATE item SET name = NULL WHERE id % 3 = 0"
    /// What releases do that don't know of the change.
    var writes: [SQL] = NotNullShape.writesOfNull
    /// Whether the same expression gives the same value again.
    var isRepeatable = true
    /// What the tool's session looks names up in.
    var searchPath: String?
    var acknowledge: Set<String> = []
    var needs: Set<Shape.Need> = []

    var description: String { name }

    static let rows: SQL = "INSERT INTO item (id, name) SELECT n, 'name ' || n FROM generate_series(1, 20) AS n"

    static let writesOfNull: [SQL] = [
        "INSERT INTO item (id, name) VALUES (101, NULL)",
        "INSERT INTO item (id) VALUES (102)",
        "UPDATE item SET name = NULL WHERE id = 4",
        "INSERT INTO item (id) VALUES (5) ON CONFLICT (id) DO UPDATE SET name = NULL",
        #"COPY item (id, name) FROM PROGRAM 'printf "103\\t\\\\N\\n"'"#,
        "UPDATE item SET name = 'by update' WHERE id = 3",
    ]

    /// `item (id integer PRIMARY KEY, name text)` with rows, and something beside.
    static func text(
        _ name: String,
        _ statements: SQL = "",
        fill: String? = "'unknown'",
        acknowledge: Set<String> = []
    ) -> NotNullShape {
        NotNullShape(
            name: name,
            setup: "CREATE TABLE item (id integer PRIMARY KEY, name text); \(rows); \(statements)",
            fill: fill,
            acknowledge: acknowledge
        )
    }

    /// A column of another type in such a table.
    static func typed(
        _ name: String,
        _ type: SQL,
        before: SQL = "",
        value: SQL,
        fill: String,
        needs: Set<Shape.Need> = []
    ) -> NotNullShape {
        NotNullShape(
            name: name,
            setup: """
                \(before); CREATE TABLE item (id integer PRIMARY KEY, name \(type), qty integer DEFAULT 7);
                INSERT INTO item (id, name) SELECT n, \(value) FROM generate_series(1, 20) AS n
                """,
            fill: fill,
            writes: writesOfNull.dropLast(),
            needs: needs
        )
    }

    /// The shapes that this server can have.
    static func possible() async throws -> [NotNullShape] {
        let connection = try await Connection.open(TestServer.parameters())
        var possible: [NotNullShape] = []
        for shape in filled + unfilled + partitioned where connection.serverVersion >= 14_00_04 {
            var isPossible = true
            for need in shape.needs where isPossible { isPossible = try await need.isMet(on: connection) }
            if isPossible { possible.append(shape) }
        }
        await connection.close()
        return possible
    }
}
