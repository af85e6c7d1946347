import ArgumentParser
import OnlineChange

/// Undoes a change.
struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undoes everything that a change has done, from any phase before drop.",
        usage: "online-change rollback <change> [<options>]",
        discussion: """
            The table is then as it was before the change began. Releases of the application that use the new name \
            must be gone.

            Example:
              online-change rollback users.name-to-full_name
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await locks.runner(connection, annotation, output.choose()).rollback(change)
    }
}
