import ArgumentParser
import OnlineChange

/// Sets how hard a change's backfill works.
struct Tune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sets batch time, workers or lag limit of a change, from any machine.",
        usage: "online-change tune <change> [<options>]",
        discussion: """
            Takes effect at the next batch.

            Example:
              online-change tune users.name-to-full_name --workers 4 --batch-time 50
            """
    )

    @Argument(help: "The change's name or number.")
    var change: String

    @Option(help: ArgumentHelp("The time that a batch should take.", valueName: "ms"))
    var batchTime: Int?

    @Option(help: "How many batches run at once.")
    var workers: Int?

    @Option(help: ArgumentHelp("Replication lag from which the backfill waits.", valueName: "MB"))
    var lagLimit: Int?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        try ControlLimits.check(batchTime: batchTime, workers: workers, lagLimit: lagLimit)
        guard batchTime != nil || workers != nil || lagLimit != nil else {
            throw ValidationError("Say what to tune: --batch-time, --workers or --lag-limit.")
        }
    }

    func run() async throws {
        let status = try await Control.set(
            change,
            on: connection.parameters,
            batchTime: batchTime,
            workers: workers,
            lagLimit: lagLimit.map { $0 << 20 }
        )
        print(status.text)
    }
}
