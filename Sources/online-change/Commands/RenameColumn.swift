import ArgumentParser
import OnlineChange

/// Starts a rename, or goes on with it.
struct RenameColumn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename-column",
        abstract: "Renames a column while old and new releases of the application are running.",
        discussion: """
            Starts the change, or continues it where it stopped: the same command, the same change. Names are read as \
            in SQL: folded to lower case unless quoted.

            Example:
              online-change rename-column users name full_name --dry-run
              online-change rename-column app.users name full_name --dsn service=shop
              online-change rename-column users '"fullName"' full_name --through expand
            """
    )

    @Argument(help: "The table: schema.table, or a name found through search_path.")
    var table: String

    @Argument(help: "The column's present name.")
    var from: String

    @Argument(help: "Its new name.")
    var to: String

    @Option(
        help: ArgumentHelp(
            "The phase to go through; at backfill both names work and the application can be deployed.",
            valueName: "phase"
        )
    )
    var through = PhaseName.backfill

    @Flag(help: "Print the plan (every statement, its lock and its undo) and change nothing.")
    var dryRun = false

    @Option(help: "The change's name. (default: made from the arguments, such as users.name-to-full_name)")
    var name: String?

    @Option(help: ArgumentHelp("The time that a batch of the backfill should take. (default: 25)", valueName: "ms"))
    var batchTime: Int?

    @Option(help: "How many batches run at once. (default: 1)")
    var workers: Int?

    @Flag(help: "Make copies of unique indexes unique too, so that ON CONFLICT works by both names throughout.")
    var uniqueCopies = false

    @Flag(help: "Do not ask before drop.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try ControlLimits.check(batchTime: batchTime, workers: workers)
    }

    func run() async throws {
        let output = output.choose()
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("rename-column"),
            table: table,
            columns: ["from": from, "to": to],
            name: name,
            options: PlanningOptions(uniqueCopies: uniqueCopies, acknowledged: Set(locks.acknowledge)),
            batchTime: batchTime,
            workers: workers
        )
        let runner = locks.runner(connection, output)
        if dryRun {
            output.tell(.planned(try await runner.plan(request)))
            return
        }
        if through == .drop {
            try Confirmation.ask("This ends with dropping the column \(from) of \(table).", isGiven: yes)
        }
        try await runner.start(request, through: through.rawValue)
    }
}

/// What `--batch-time`, `--workers` and `--lag-limit` may be.
enum ControlLimits {
    static func check(batchTime: Int?, workers: Int?, lagLimit: Int? = nil) throws {
        if let batchTime, !(1...10_000).contains(batchTime) {
            throw ValidationError("--batch-time takes milliseconds from 1 to 10000.")
        }
        if let workers, !(1...64).contains(workers) {
            throw ValidationError("--workers takes a number from 1 to 64.")
        }
        if let lagLimit, lagLimit < 1 {
            throw ValidationError("--lag-limit takes megabytes from 1.")
        }
    }
}
