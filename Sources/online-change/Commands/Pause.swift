import ArgumentParser
import OnlineChange

/// Holds a change's backfill still.
struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Holds the backfill and the comparison of a change still, from any machine.",
        discussion: """
            Takes effect at the next batch; the runner keeps waiting, and the triggers keep the columns equal.

            Example:
              online-change pause users.name-to-full_name
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String

    @Flag(help: "Print how the change stands as JSON, as status does.")
    var json = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var annotation: AnnotationOptions

    func run() async throws {
        if json { Output.choose(.json) }
        let status = try await Control.set(
            change,
            on: connection.parameters,
            isPaused: true,
            annotation: annotation.given
        )
        try StatusJSON.write(status, json: json)
    }
}
