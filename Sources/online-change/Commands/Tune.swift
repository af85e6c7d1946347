import ArgumentParser
import OnlineChange

/// Sets how hard a change's backfill works.
struct Tune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sets what holds a change's backfill back and how fast it goes, from any machine.",
        usage: "online-change tune <change> [<options>]",
        discussion: """
            Takes effect at the next batch. Every option takes `default`, and all but batch time and workers take `off`.

            Example:
              online-change tune users.name-to-full_name --workers 4 --batch-time 50
              online-change tune 3 --lag-limit 256MB --only 22:00-06:00
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String

    @OptionGroup(title: "What holds the backfill back") var limits: LimitOptions
    @Flag(help: "Print how the change stands as JSON, as status does.")
    var json = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var annotation: AnnotationOptions

    func validate() throws {
        guard try !limits.limits.isEmpty else {
            throw ValidationError("Say what to tune, such as --batch-time, --workers or --lag-limit.")
        }
    }

    func run() async throws {
        if json { Output.choose(.json) }
        let status = try await Control.set(
            change,
            on: connection.parameters,
            limits: try limits.limits,
            annotation: annotation.given
        )
        try StatusJSON.write(status, json: json)
    }
}
