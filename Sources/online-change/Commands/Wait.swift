import ArgumentParser
import OnlineChange

/// Holds a deploy up until a change has come far enough.
struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Waits until a change has reached a phase, whoever runs it and wherever.",
        usage: "online-change wait <change> --for <phase> [--timeout <duration>] [<options>]",
        discussion: """
            Looks into the ledger once a second and changes nothing. A change that nobody has begun yet is waited for \
            too, and so is a server that was lost. Exits with 75 if the phase isn't reached in time, with 78 if the \
            change was rolled back or nobody began it.

            Example:
              online-change wait users.name-to-full_name --for backfill --timeout 2h
              online-change wait 3 --for swap --timeout 0 -q
            """
    )

    @Argument(help: "The change's name or number.")
    var change: String

    @Option(name: .customLong("for"), help: ArgumentHelp("The phase to wait for.", valueName: "phase"))
    var phase: PhaseName

    @Option(help: ArgumentHelp("How long to wait: 90s, 10m, 2h.", valueName: "duration"))
    var timeout = ShortDuration(seconds: 7200)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let output = output.choose()
        let runner = Runner(parameters: connection.parameters) { output.tell($0) }
        try await runner.wait(change, for: phase.rawValue, timeout: timeout.seconds)
    }
}
