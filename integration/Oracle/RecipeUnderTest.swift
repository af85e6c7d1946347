import OnlineChange
import Postgres

/// One recipe with its arguments: how the tool does it, and what it must come to.
protocol RecipeUnderTest: Sendable {
    /// The recipe's name.
    static var name: String { get }

    /// What to ask the tool for.
    var request: ChangeRequest { get throws }

    /// What the tool replaces, run in a transaction of which only the outcome is looked at.
    func plainly(on connection: Connection) async throws(PostgresError)

    /// Whether rolling it back gives back the rows too.
    var restoresRows: Bool { get }

    /// Whether the column stays in its place.
    var keepsColumnOrder: Bool { get }

    /// The names that its messages may hold, to tell the same reason for two tables.
    var names: [String] { get }
}

extension RecipeUnderTest {
    var restoresRows: Bool { true }
}

/// `rename-column`.
struct RenameUnderTest: RecipeUnderTest {
    static let name = "rename-column"

    let table: QualifiedName
    let from: Identifier
    let to: Identifier

    let keepsColumnOrder = true

    var request: ChangeRequest {
        get throws {
            ChangeRequest(
                recipe: try RecipeReader.builtIn(Self.name),
                table: table.quoted,
                columns: ["from": from.quoted, "to": to.quoted]
            )
        }
    }

    var names: [String] { [table.description, table.name.name, from.name, to.name] }

    func plainly(on connection: Connection) async throws(PostgresError) {
        try await connection.script(["ALTER TABLE \(table) RENAME COLUMN \(from) TO \(to)"])
    }
}
