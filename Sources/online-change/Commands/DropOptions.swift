import ArgumentParser
import OnlineChange

/// What must hold before the legacy column is dropped.
struct DropOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse drop until no write of an old release has come for so long: 12h, 7d.",
            valueName: "duration"
        )
    )
    var requireQuiet: ShortDuration?

    @Flag(help: "With --require-quiet and --yes: drop all the same, and write that into the audit trail.")
    var force = false

    func validate() throws {
        guard !force || requireQuiet != nil else { throw ValidationError("--force goes with --require-quiet.") }
    }

    /// What the runner is to ask for.
    func demand(isConfirmed: Bool) throws(Failure) -> QuietDemand? {
        guard !force || isConfirmed else {
            throw Failure(.usage, "--force goes with --yes", left: "Nothing was changed.")
        }
        return requireQuiet.map { QuietDemand(seconds: $0.seconds, isForced: force) }
    }

    /// Asks before drop, with what is known of the column's use. Where drop is going to be refused nobody is asked.
    func ask(_ destruction: String, about change: String, isGiven: Bool, _ connection: ConnectionOptions) async throws {
        guard Confirmation.isNeeded(isGiven: isGiven) else { return }
        var request = OnlineChange.Evidence.Request(change: change)
        if let requireQuiet { request.quiet = requireQuiet.seconds }
        let summary: String
        do {
            let evidence = try await OnlineChange.Evidence.read(connection.parameters, request)
            if let requireQuiet, (evidence.quietSeconds ?? 0) < requireQuiet.seconds { return }
            summary = evidence.summary
        } catch {
            // Without it the question is the one that it always was.
            summary = "Evidence: could not be had: \(Failure(error).message)"
        }
        try Confirmation.ask("\(summary)\n\(destruction)", isGiven: isGiven)
    }
}
