import ArgumentParser
import Foundation

/// Programs of the user's that are run at the events of a run.
struct HookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Executables named after moments, such as before-swap, phase-ready or failed. (default: ONLINE_CHANGE_HOOKS)",
            valueName: "folder"
        ),
        completion: .directory
    )
    var hooks: String?

    @Option(help: ArgumentHelp("How long a hook may take.", valueName: "duration"))
    var hookTimeout = ShortDuration(seconds: 30)

    func validate() throws {
        guard (1...86400).contains(hookTimeout.seconds) else {
            throw ValidationError("--hook-timeout takes a duration from 1s to 1d.")
        }
    }

    /// Makes the choice for the rest of the run; nil if there are no hooks.
    func choose(_ output: Output) throws -> Hooks? {
        let folder = hooks ?? ProcessInfo.processInfo.environment["ONLINE_CHANGE_HOOKS"] ?? ""
        return folder.isEmpty ? nil : try Hooks.choose(folder, limit: hookTimeout.seconds, output: output)
    }
}
