import ArgumentParser
import OnlineChange

/// Compares the two columns of a change.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares both columns of a change in every row, or looks for NULL, now.",
        usage: "online-change verify <change> [--repair] [<options>]",
        discussion: """
            Reads the table in short ranges and locks nothing. Exits with 65 if rows differ.

            Example:
              online-change verify users.name-to-full_name
              online-change verify users.name-to-full_name --repair
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String

    @Flag(
        help:
            "Mend rows that differ: the column that counts in the present phase is copied into the other, or NULL is filled."
    )
    var repair = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await locks.runner(connection, annotation, output.choose()).verify(change, repair: repair)
    }
}
