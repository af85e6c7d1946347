import ArgumentParser
import Foundation
import OnlineChange

/// Shows what tells whether a legacy column is still used.
struct Evidence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows whether anything still uses a change's legacy column: what speaks against drop.",
        usage: "online-change evidence <change> [--require-quiet <duration>] [--watch <duration>] [<options>]",
        discussion: """
            Counts the writes of old releases, and looks in pg_stat_statements, the catalog and running sessions for the \
            column's name. It changes nothing and executes no statement that it finds.

            With --require-quiet the exit code is 78 while anything certain speaks against drop, else 0.

            Example:
              online-change evidence users.name-to-full_name
              online-change evidence users.name-to-full_name --watch 10m
              online-change evidence 3 --require-quiet 7d --json
            """
    )

    @Argument(help: "The change's name or number.")
    var change: String

    @Option(
        help: ArgumentHelp(
            "For how long no write of an old release should have come: 12h, 7d. (default: 1d, without the exit code)",
            valueName: "duration"
        )
    )
    var requireQuiet: ShortDuration?

    @Option(
        help: ArgumentHelp(
            "Read the statement statistics, wait for so long, read them again, and tell which statements still run.",
            valueName: "duration"
        )
    )
    var watch = ShortDuration(seconds: 0)

    @Flag(help: "Read the table for rows that the old type can't hold; else the last comparison's number is shown.")
    var scan = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        if json { Output.choose(.json) }
        let evidence = try await OnlineChange.Evidence.read(
            connection.parameters,
            OnlineChange.Evidence.Request(
                change: change,
                quiet: requireQuiet?.seconds ?? OnlineChange.Evidence.Request.usualQuiet,
                watching: watch.seconds,
                scans: scan
            )
        )
        try Document.print(evidence, json: json) { evidence.text }
        guard requireQuiet != nil, !evidence.isQuiet else { return }
        throw ExitCode(Failure.Kind.refused.rawValue)
    }
}
