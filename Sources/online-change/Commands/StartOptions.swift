import ArgumentParser
import OnlineChange

/// How a change is started or gone on with, whatever its recipe.
struct StartOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The phase to go through; at backfill the application can be deployed.",
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

    @Flag(help: "Do not ask before drop.")
    var yes = false

    func validate() throws {
        try ControlLimits.check(batchTime: batchTime, workers: workers)
    }

    /// The request for a recipe.
    func request(
        _ recipe: Recipe,
        table: String,
        columns: [String: String],
        texts: [String: String] = [:],
        options: PlanningOptions
    ) -> ChangeRequest {
        ChangeRequest(
            recipe: recipe,
            table: table,
            columns: columns,
            texts: texts,
            name: name,
            options: options,
            batchTime: batchTime,
            workers: workers
        )
    }

    /// Prints the plan, or starts the change and takes it through the phase.
    ///
    /// - Parameter destroying: what drop destroys, in a sentence.
    func run(_ request: ChangeRequest, _ runner: Runner, _ output: Output, destroying: String) async throws {
        if dryRun {
            if let nothing = try await runner.nothingToDo(request) {
                output.tell(.notice(nothing))
                output.tell(.finished)
                return
            }
            output.tell(.planned(try await runner.plan(request)))
            return
        }
        if through == .drop { try Confirmation.ask(destroying, isGiven: yes) }
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
