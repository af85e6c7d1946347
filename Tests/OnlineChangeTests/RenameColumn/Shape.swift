import Postgres
import TestSupport

/// A table and a rename of one of its columns: one case of the oracle tests.
struct Shape: Sendable, CustomStringConvertible {
    /// What is special about it.
    let name: String
    /// The table.
    var table = QualifiedName(schema: "public", name: "item")
    /// The column's present name.
    var from: Identifier = "name"
    /// Its new name.
    var to: Identifier = "full_name"
    /// Makes the table, what hangs on it, and rows.
    let setup: SQL
    /// Writes by one of the column's names. Every second one goes by the other while both work.
    var writes: @Sendable (Identifier) -> [SQL] = Shape.textWrites
    /// Objects of findings that the user has taken note of.
    var acknowledge: Set<String> = []
    /// What the server must have.
    var needs: Set<Need> = []

    var description: String { name }

    /// Something that not every server has.
    enum Need: Hashable, Sendable {
        case version(Int)
        case `extension`(String)
        case icu
        case lz4
        case xml
    }

    /// All shapes.
    static let all =
        keys + indexes + foreignKeys + constraints + generated + simpleTypes + userTypes + hiddenOperators + defaults
        + readers + triggers
        + properties + publications + tables + names + partitions

    /// The shapes that this server can have.
    ///
    /// There are none for 14.0 to 14.3, which preflight refuses whatever the table.
    static func possible() async throws -> [Shape] {
        let connection = try await Connection.open(TestServer.parameters())
        var possible: [Shape] = []
        for shape in all where connection.serverVersion >= 14_00_04 {
            var isPossible = true
            for need in shape.needs where isPossible {
                isPossible = try await need.isMet(on: connection)
            }
            if isPossible { possible.append(shape) }
        }
        await connection.close()
        return possible
    }

    /// Writes to `item (id integer, … text)` with rows 1 to 20.
    static let textWrites: @Sendable (Identifier) -> [SQL] = { column in
        [
            "UPDATE item SET \(column) = 'by update' WHERE id = 3",
            "INSERT INTO item (id, \(column)) VALUES (101, 'by insert')",
            "UPDATE item SET \(column) = \(column) || '!' WHERE id BETWEEN 5 AND 8",
            "INSERT INTO item (id, \(column)) VALUES (102, 'another')",
            "DELETE FROM item WHERE \(column) = 'name 20'",
            "UPDATE item SET \(column) = 'again' WHERE id = 101",
        ]
    }

    /// Rows 1 to 20 of `item (id, name)`.
    static let textRows: SQL = "INSERT INTO item (id, name) SELECT n, 'name ' || n FROM generate_series(1, 20) AS n;"

    /// `item (id integer PRIMARY KEY, name text)` with rows, and something beside.
    static func textTable(_ name: String, _ statements: SQL, acknowledge: Set<String> = [], needs: Set<Need> = [])
        -> Shape
    {
        Shape(
            name: name,
            setup: "CREATE TABLE item (id integer PRIMARY KEY, name text); \(textRows) \(statements)",
            acknowledge: acknowledge,
            needs: needs
        )
    }
}

extension Shape.Need {
    func isMet(on connection: Connection) async throws -> Bool {
        switch self {
        case .version(let least): connection.serverVersion >= least
        case .extension(let name):
            try await connection.value("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = \(name))")
        case .icu:
            try await connection.value("SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu')")
        case .lz4:
            try await connection.value(
                "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
            )
        case .xml:
            try await connection.value(
                "SELECT EXISTS (SELECT FROM pg_config WHERE name = 'CONFIGURE' AND setting LIKE '%libxml%')"
            )
        }
    }
}
