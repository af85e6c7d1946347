import ArgumentParser
import OnlineChange

/// Makes what change files say true.
struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the changes that files of the application's repository describe, as far as they say.",
        usage: "online-change apply <file> ... [--through <phase>] [--yes] [<options>]",
        discussion: """
            For deploy pipelines: the same line at every deploy. What is reached is left alone, what is not is done, \
            what contradicts an earlier start is refused with the difference. Nothing is ever taken back. A folder \
            stands for its *.yaml and *.yml files in the byte order of their names; the first failure stops the run.

            A file:
              recipe: rename-column
              arguments: { table: users, from: name, to: full_name }
              options: { workers: 2 }
              through: backfill

            Example:
              online-change apply changes/
              online-change apply changes/0007-full-name.yaml --through swap
              online-change apply changes/ --dry-run
            """
    )

    @Argument(help: ArgumentHelp("Change files, or folders of them.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp("The phase to go through. (default: what the file says, else backfill)", valueName: "phase")
    )
    var through: PhaseName?

    @Flag(help: "Print what would be done, with the plan of each change that would begin, and change nothing.")
    var dryRun = false

    @Flag(help: "Begin anew changes that were rolled back.")
    var again = false

    @Flag(help: "Do not ask before drop.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var locks: LockOptions
    @OptionGroup var annotation: AnnotationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let output = output.choose()
        let files = try ChangeFolder.read(files)
        if files.isEmpty { output.tell(.notice("there is no change file in \(self.files.joined(separator: ", "))")) }
        for (place, file) in files.enumerated() {
            let phase = through?.rawValue ?? file.through ?? PhaseName.backfill.rawValue
            output.tell(.applying(file: file.source, phase: phase))
            do {
                try await apply(file, through: phase, output)
            } catch {
                throw stopped(Failure(error), at: file, before: files[(place + 1)...].map(\.source))
            }
        }
    }

    private func apply(_ file: ChangeFile, through phase: String, _ output: Output) async throws {
        var definition = file.definition
        definition.acknowledged.formUnion(locks.acknowledge)
        let request = try definition.request()
        var runner = try locks.runner(connection, annotation, output)
        runner.acknowledged = definition.acknowledged
        if dryRun { return try await runner.rehearse(request, through: phase, isAgain: again) }
        try await runner.apply(request, through: phase, isAgain: again) {
            guard phase == PhaseName.drop.rawValue else { return }
            try Confirmation.ask(definition.destruction, isGiven: yes)
        }
    }

    /// What stopped the run, with the files that it kept from being tried.
    private func stopped(_ failure: Failure, at file: ChangeFile, before rest: [String]) -> Failure {
        let notTried = rest.isEmpty ? nil : "Not tried: \(rest.joined(separator: ", "))."
        let left = [failure.left, notTried].compactMap { $0 }.joined(separator: " ")
        return Failure(
            failure.kind,
            "\(file.source): \(failure.message)",
            left: left.isEmpty ? nil : left,
            next: failure.next
        )
    }
}
