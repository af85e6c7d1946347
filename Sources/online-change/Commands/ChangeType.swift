import ArgumentParser
import OnlineChange

/// Starts a change of a column's type, or goes on with it.
struct ChangeType: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change-type",
        abstract: "Changes a column's type while the application is running.",
        discussion: """
            Starts the change, or continues it where it stopped: the same command, the same change. Expressions are \
            written in terms of the column's own name. A value that the new type can't hold is stored as the \
            application wished, listed, and holds up the swap until it is mended.

            Example:
              online-change change-type users id bigint --cascade --dry-run
              online-change change-type orders code int --using 'code::int'
              online-change change-type job fee int --using 'fee*100' --reverse 'fee/100.0'
              online-change change-type orders code int --as number
            """
    )

    @Argument(help: "The table: schema.table, or a name found through search_path.")
    var table: String

    @Argument(help: "The column.")
    var column: String

    @Argument(help: "Its new type, as in SQL.")
    var type: String

    @Option(
        help: ArgumentHelp("How the new value is made of the old one. (default: the server's cast)", valueName: "expr")
    )
    var using: String?

    @Option(
        help: ArgumentHelp("How the old value is made of the new one. (default: the server's cast)", valueName: "expr")
    )
    var reverse: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("A name of its own for the new column; both can be used until drop.", valueName: "name")
    )
    var newName: String?

    @Flag(
        help: """
            Change the columns too that refer to it by foreign keys, and those that refer to them: all take the new type \
            in one swap.
            """
    )
    var cascade = false

    @Flag(help: "Allow values that don't come back from the new type as they were, such as texts that are cut.")
    var allowLossy = false

    @Flag(help: "Allow a change that can't be rolled back once it is swapped, because nothing converts back.")
    var oneWay = false

    @OptionGroup var start: StartOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let output = output.choose()
        let definition = try start.definition(
            "change-type",
            arguments: [
                "table": table, "column": column, "type": type, "using": using, "reverse": reverse, "as": newName,
            ],
            flags: [.cascade: cascade, .oneWay: oneWay, .allowLossy: allowLossy],
            locks
        )
        try await start.run(definition, locks.runner(connection, annotation, output), output)
    }
}
