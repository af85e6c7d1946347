import OnlineChange
import Postgres

/// What is changed in the demo, and what the plain statement for it is.
struct DemoStory: Sendable {
    /// The recipe and its arguments as on the command line.
    let command: String
    /// The change's name.
    let change: String
    /// The column that the application writes, as its old release knows it.
    let oldName: Identifier
    /// The same as the new release knows it.
    let newName: Identifier
    /// What hangs on the column, for people.
    let summary: String
    /// The plain statements that the tool replaces, and what they are called.
    let plain: (statements: [SQL], name: String)
    /// Whether the column stays in its place among the others.
    let keepsColumnOrder: Bool
    /// Makes the tables in an empty database.
    let schema: @Sendable (_ rows: Int) -> [SQL]
    /// What is tried once all is done.
    let ending: (statements: [SQL], text: String)?
    private let recipe: String
    private let columns: [String: String]
    private let texts: [String: String]

    /// The table in all of them.
    static let table = QualifiedName(schema: "public", name: "users")

    /// What to ask the tool for.
    var request: ChangeRequest {
        get throws {
            ChangeRequest(
                recipe: try RecipeReader.builtIn(recipe),
                table: Self.table.name.name,
                columns: columns,
                texts: texts
            )
        }
    }

    /// `name` becomes `full_name`.
    static let rename = DemoStory(
        command: "rename-column users name full_name",
        change: "users.name-to-full_name",
        oldName: "name",
        newName: "full_name",
        summary: "a unique constraint and an index on name, a foreign key that points at it, and a view that reads it",
        plain: (["ALTER TABLE users RENAME COLUMN name TO full_name"], "ALTER TABLE … RENAME COLUMN"),
        keepsColumnOrder: true,
        schema: DemoSchema.renamed,
        ending: nil,
        recipe: "rename-column",
        columns: ["from": "name", "to": "full_name"],
        texts: [:]
    )

    /// The primary key becomes bigint.
    static let types = DemoStory(
        command: "change-type users id bigint",
        change: "users.id-to-bigint",
        oldName: "name",
        newName: "name",
        summary: "an identity primary key of type integer, two tables that refer to it, and a view that reads it",
        plain: (
            [
                "DROP VIEW customers", "ALTER TABLE users ALTER COLUMN id TYPE bigint", DemoSchema.customers,
            ], "ALTER TABLE … TYPE bigint"
        ),
        keepsColumnOrder: false,
        schema: DemoSchema.retyped,
        ending: (
            [
                "INSERT INTO users (id, name) VALUES (3000000000, 'beyond 2^31')",
                "SELECT setval('users_id_seq', 4000000000)",
                "INSERT INTO users (name) VALUES ('by its sequence')",
            ], "Rows with an id of 3,000,000,000 and, by the sequence, of 4,000,000,001 have been inserted."
        ),
        recipe: "change-type",
        columns: ["column": "id"],
        texts: ["type": "bigint"]
    )
}
