import ArgumentParser
import OnlineChange

/// Starts a rename, or goes on with it.
struct RenameColumn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename-column",
        abstract: "Renames a column while old and new releases of the application are running.",
        discussion: """
            Starts the change, or continues it where it stopped: the same command, the same change. Names are read as \
            in SQL: folded to lower case unless quoted.

            Example:
              online-change rename-column users name full_name --dry-run
              online-change rename-column app.users name full_name --dsn service=shop
              online-change rename-column users '"fullName"' full_name --through expand
            """
    )

    @Argument(help: "The table: schema.table, or a name found through search_path.")
    var table: String

    @Argument(help: "The column's present name.")
    var from: String

    @Argument(help: "Its new name.")
    var to: String

    @Flag(help: "Make copies of unique indexes unique too, so that ON CONFLICT works by both names throughout.")
    var uniqueCopies = false

    @OptionGroup var start: StartOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let output = output.choose()
        let definition = try start.definition(
            "rename-column",
            arguments: ["table": table, "from": from, "to": to],
            flags: [.uniqueCopies: uniqueCopies],
            locks
        )
        try await start.run(definition, locks.runner(connection, annotation, output), output)
    }
}
