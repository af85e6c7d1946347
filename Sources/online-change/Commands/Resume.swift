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

    @Argument(help: "The change's name or number.")
    var change: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var annotation: AnnotationOptions

    func run() async throws {
        let status = try await Control.set(
            change,
            on: connection.parameters,
            isPaused: false,
            annotation: annotation.given
        )
        print(status.text)
    }
}
