import ArgumentParser
import OnlineChange

/// Starts a change that makes a column NOT NULL, or goes on with it.
struct AddNotNull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-not-null",
        abstract: "Makes a column NOT NULL while releases that write NULL are running.",
        discussion: """
            With --fill, NULLs that are there get the expression's value, and so do those that old releases go on \
            writing until drop. Without it there must be no NULL, and the server refuses new ones at once.

            Example:
              online-change add-not-null users email --fill "'unknown'" --dry-run
              online-change add-not-null users email --fill 'lower(login)'
              online-change add-not-null orders key --fill 'gen_random_uuid()' --workers 2
            """
    )

    @Argument(help: "The table: schema.table, or a name found through search_path.")
    var table: String

    @Argument(help: "The column.")
    var column: String

    @Option(
        help: ArgumentHelp(
            "What NULLs become: an SQL expression over the row's other columns, evaluated for each row.",
            valueName: "expression"
        )
    )
    var fill: String?

    @Flag(help: "Leave the trigger that fills NULLs in place after drop.")
    var keepFilling = false

    @OptionGroup var start: StartOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keepFilling, fill == nil { throw ValidationError("--keep-filling needs --fill.") }
    }

    func run() async throws {
        let output = output.choose()
        let definition = try start.definition(
            "add-not-null",
            arguments: ["table": table, "column": column, "fill": fill],
            flags: [.keepFilling: keepFilling],
            locks
        )
        try await start.run(definition, locks.runner(connection, annotation, output), output)
    }
}
