import Foundation
import Subprocess

/// Runs programs as the user that the server runs as, and collects what they print.
///
/// They see none of this process's `PG…` variables and work in `/`, for that user may not be able to enter the
/// current directory.
struct ServerCommand: Sendable {
    /// `nil` runs them as this process's own user.
    var user: ServerUser?
    /// A session of its own keeps the terminal's Ctrl-C, meant for the owner, from the program.
    var ownSession = false

    /// What the program printed, standard error included. Fails unless it exits with 0.
    @discardableResult
    func callAsFunction(
        _ program: String,
        _ arguments: [String]
    ) async throws(ThrowawayPostgresError) -> String {
        let shown = ([program] + arguments).joined(separator: " ")
        do {
            let result = try await run(
                configuration(program, arguments),
                output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            )
            let output = result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
            guard result.terminationStatus.isSuccess else {
                throw ThrowawayPostgresError.commandFailed(
                    command: shown,
                    outcome: Self.outcome(of: result.terminationStatus),
                    output: output
                )
            }
            return output
        } catch let error as ThrowawayPostgresError {
            throw error
        } catch {
            let identity = user.map { " as user \($0.name)" } ?? ""
            throw .commandFailed(command: shown, outcome: "could not be run\(identity): \(error)", output: "")
        }
    }

    /// The same user, environment and directory for a program that is run in another way.
    func configuration(_ program: String, _ arguments: [String]) -> Configuration {
        var options = PlatformOptions()
        options.createSession = ownSession
        var command = [program] + arguments
        if let user, user.isAnother {
            if FileManager.default.isExecutableFile(atPath: Self.setpriv) {
                // Subprocess's own userID forks with a bare clone3; glibc's setgroups then waits for threads that
                // only the parent has, and the child hangs now and then (swift-subprocess 1.0.2).
                let identity = ["--reuid=\(user.userID)", "--regid=\(user.groupID)", "--clear-groups", "--"]
                command = [Self.setpriv] + identity + command
            } else {
                options.userID = user.userID
                options.groupID = user.groupID
                options.supplementaryGroups = [user.groupID]
            }
        }
        return Configuration(
            executable: command[0].contains("/") ? .path(.init(command[0])) : .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .inherit.updating(Self.environmentChanges),
            workingDirectory: "/",
            platformOptions: options
        )
    }

    private static let setpriv = "/usr/bin/setpriv"

    private static var environmentChanges: [Environment.Key: String?] {
        var changes: [Environment.Key: String?] = ["LC_ALL": "C"]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PG") {
            if let key = Environment.Key(rawValue: name) { changes.updateValue(nil, forKey: key) }
        }
        return changes
    }

    private static func outcome(of status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "failed with exit code \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }
}
