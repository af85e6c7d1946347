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

    @Flag(help: "Do not ask before drop.")
    var yes = false

    @OptionGroup var drop: DropOptions

    @OptionGroup(title: "What holds the backfill back")
    var limits: LimitOptions

    /// The change that the command line asks for.
    func definition(
        _ recipe: String,
        arguments: [String: String?],
        flags: [ChangeFlag: Bool],
        _ locks: LockOptions
    ) throws -> ChangeDefinition {
        ChangeDefinition(
            recipe: recipe,
            name: name,
            arguments: arguments,
            flags: flags,
            acknowledged: Set(locks.acknowledge),
            limits: try limits.limits
        )
    }

    /// Prints the plan, or starts the change and takes it through the phase.
    func run(_ definition: ChangeDefinition, _ runner: Runner, _ output: Output) async throws {
        let request = try definition.request()
        if dryRun {
            if let nothing = try await runner.nothingToDo(request) {
                output.tell(.notice(nothing))
                output.tell(.finished)
                return
            }
            output.tell(.planned(try await runner.plan(request)))
            if let query = request.limits.probe {
                output.tell(.notice("while the backfill runs, it asks, read-only and as the table's owner: \(query)"))
            }
            return
        }
        if through == .drop { try Confirmation.ask(definition.destruction, isGiven: yes) }
        var runner = runner
        runner.quiet = try drop.demand(isConfirmed: yes)
        try await runner.start(request, through: through.rawValue)
    }
}
