import ArgumentParser
import OnlineChange

/// Takes a change to its next phase.
struct Advance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Goes on to the next phase of a change, or through the named one.",
        usage: "online-change advance <change> [--through <phase>] [--require-quiet <duration>] [<options>]",
        discussion: """
            Example:
              online-change advance users.name-to-full_name
              online-change advance 3 --through drop --yes
              online-change advance 3 --require-quiet 7d
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String

    @Option(help: ArgumentHelp("The phase to go through. (default: the next one)", valueName: "phase"))
    var through: PhaseName?

    @Flag(help: "Do not ask before drop.")
    var yes = false

    @OptionGroup var drop: DropOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let output = output.choose()
        let status = try await ChangeStatus.read(connection.parameters, change: change)[0]
        let next = status.phases.first { $0.state != "reached" }?.name
        if (through?.rawValue ?? next) == PhaseName.drop.rawValue, next != nil {
            try await drop.ask(status.destruction, about: change, isGiven: yes, connection)
        }
        var runner = try locks.runner(connection, annotation, output)
        runner.quiet = try drop.demand(isConfirmed: yes)
        try await runner.advance(change, through: through?.rawValue)
    }
}
