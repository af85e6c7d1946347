import ArgumentParser
import OnlineChange

/// Lets a paused change go on.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets a paused change go on, from any machine.",
        discussion: """
            Example:
              online-change resume users.name-to-full_name
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
            isPaused: false,
            annotation: annotation.given
        )
        try StatusJSON.write(status, json: json)
    }
}
