import ArgumentParser
import Foundation
import OnlineChange

/// Shows how changes stand.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows all changes, or one: phase, progress, rate, why it waits, next command.",
        discussion: """
            Reads the ledger only, so it works from any machine and whether a runner is alive or not.

            Example:
              online-change status
              online-change status users.name-to-full_name --watch
              online-change status --json
            """
    )

    @Argument(help: "The change's name or number.")
    var change: String?

    @Flag(help: "Show it again every second until the change ends or Ctrl-C.")
    var watch = false

    @Flag(help: "Print JSON: a list of changes.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        while true {
            let statuses = try await ChangeStatus.read(connection.parameters, change: change)
            // Clears the screen only where there is one.
            if watch, isTerminal, !json { clearScreen() }
            try FileHandle.standardOutput.write(contentsOf: Data((render(statuses) + "\n").utf8))
            let isOver = statuses.allSatisfy { $0.finishedAt != nil }
            guard watch, !isOver else { return }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func clearScreen() {
        FileHandle.standardOutput.write(Data("\u{1B}[H\u{1B}[2J".utf8))
    }

    private func render(_ statuses: [ChangeStatus]) throws -> String {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = watch ? [.sortedKeys] : [.sortedKeys, .prettyPrinted]
            return String(decoding: try encoder.encode(statuses), as: UTF8.self)
        }
        if statuses.isEmpty { return "no changes in this database" }
        if change != nil || statuses.count == 1 { return statuses.map(\.text).joined(separator: "\n\n") }
        return (["number\tchange\tstate\treached"] + statuses.map(\.line)).joined(separator: "\n")
    }
}
