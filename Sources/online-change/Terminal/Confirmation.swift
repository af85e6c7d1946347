import Foundation
import OnlineChange
import Postgres

/// Asks before something is destroyed, where somebody is there to answer.
enum Confirmation {
    /// Whether somebody is there and has not agreed yet.
    static func isNeeded(isGiven: Bool) -> Bool { !isGiven && isatty(STDIN_FILENO) == 1 }

    /// Returns if the user agrees, has agreed with `--yes`, or is a script.
    ///
    /// - Throws: `Failure.usage` if the answer is no.
    static func ask(_ question: String, isGiven: Bool) throws(Failure) {
        guard isNeeded(isGiven: isGiven) else { return }
        StandardStream.error.write("\(Secrets.hidden(in: question)) [y/N] ")
        // Nothing has begun that would have to end cleanly, and reading would not notice a cancelled task.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        let answer = readLine()?.lowercased()
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        guard answer == "y" || answer == "yes" else {
            throw Failure(.usage, "not confirmed", left: "Nothing was changed.", next: "Answer y, or add --yes.")
        }
    }
}
