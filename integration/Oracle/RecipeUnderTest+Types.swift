import OnlineChange
import Oracles
import Postgres

/// `change-type`.
struct TypeChangeUnderTest: RecipeUnderTest {
    static let name = "change-type"

    let table: QualifiedName
    let column: Identifier
    let type: SQL
    var using: SQL?

    /// The new column comes last.
    let keepsColumnOrder = false

    var request: ChangeRequest {
        get throws {
            var texts = ["type": type.text]
            texts["using"] = using?.text
            return ChangeRequest(
                recipe: try RecipeReader.builtIn(Self.name),
                table: table.quoted,
                columns: ["column": column.quoted],
                texts: texts
            )
        }
    }

    var names: [String] { [table.description, table.name.name, column.name, type.text] }

    func plainly(on connection: Connection) async throws(PostgresError) {
        try await PlainTypeChange(table: table, column: column, type: type, using: using).run(on: connection)
    }
}

/// `add-not-null`.
struct NotNullUnderTest: RecipeUnderTest {
    static let name = "add-not-null"

    let table: QualifiedName
    let column: Identifier
    var fill: SQL?

    let keepsColumnOrder = true
    /// What was filled stays filled.
    let restoresRows = false

    var request: ChangeRequest {
        get throws {
            var texts: [String: String] = [:]
            texts["fill"] = fill?.text
            return ChangeRequest(
                recipe: try RecipeReader.builtIn(Self.name),
                table: table.quoted,
                columns: ["column": column.quoted],
                texts: texts
            )
        }
    }

    var names: [String] { [table.description, table.name.name, column.name] }

    func plainly(on connection: Connection) async throws(PostgresError) {
        try await PlainNotNull(table: table, column: column, fill: fill).run(on: connection)
    }
}
