import ArgumentParser
import Foundation
import OnlineChange
import Postgres

/// The command. It parses, runs, and turns whatever ends the run into a message and an exit code.
@main
struct OnlineChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "online-change",
        abstract: "Changes a column of a live PostgreSQL table without downtime.",
        discussion: """
            A change goes through phases: expand, backfill, swap, drop. Phases may lie weeks apart; until drop \
            everything can be rolled back. Whatever interrupts a command, the same command again continues.

            Example:
              online-change rename-column users name full_name --dry-run
              online-change rename-column users name full_name
              online-change status
              online-change advance users.name-to-full_name

            Exit codes: 0 the asked phase is reached; 64 usage; 65 data that differs or does not fit; 69 server \
            unreachable; 70 a mistake in this program; 75 not now, run again; 77 privilege missing; 78 refused; \
            130 interrupted.
            """,
        version: Version.current,
        subcommands: [
            RenameColumn.self, ChangeType.self, AddNotNull.self, Apply.self, Status.self, Report.self,
            Evidence.self, Advance.self, Rollback.self, Verify.self, Wait.self, Pause.self,
            Resume.self, Tune.self, Doctor.self, Recipes.self, MetricsCommand.self, Serve.self, Demo.self,
        ]
    )

    static func main() async {
        let arguments = Array(HiddenArguments.take().dropFirst())
        do {
            try await Interruption.cancelling {
                try requireKnownCommand(arguments.first)
                var command = try await asyncParseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
            await Hooks.current?.finish(nil)
            endWithReader()
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch let error where isForTheParser(error) {
            let code = exitCode(for: error)
            guard !code.isSuccess else { exit(withError: error) }
            // What the parser did not expect it quotes, a connection string too.
            let message = Secrets.hidden(in: fullMessage(for: error))
            StandardStream.error.write(message + "\n")
            Foundation.exit(code.rawValue)
        } catch {
            let failure = Failure(error)
            Output.current.fail(failure)
            await Hooks.current?.finish(failure)
            endWithReader()
            Foundation.exit(failure.kind.rawValue)
        }
    }

    /// Ends like any other program whose reader has gone.
    private static func endWithReader() {
        guard StandardStream.output.isPipeGone else { return }
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
    }

    /// Names the command that may have been meant; the parser would count what it did not expect.
    private static func requireKnownCommand(_ word: String?) throws {
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
        let near = NearName.among(names, to: word).prefix(2).joined(separator: " or ")
        throw ValidationError("there is no command '\(word)'\(near.isEmpty ? "" : "; did you mean \(near)?")")
    }

    /// Help, version, usage and deliberate exits are the parser's to print.
    private static func isForTheParser(_ error: any Error) -> Bool {
        error is ExitCode || error is CleanExit || error is ValidationError || exitCode(for: error) != .failure
    }
}
