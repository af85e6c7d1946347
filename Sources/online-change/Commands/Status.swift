import ArgumentParser
import Foundation
import OnlineChange

/// Shows how changes stand.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows all changes, or one: phase, progress, rate, time left, why it waits, next command.",
        discussion: """
            Reads the ledger and the server's statistics only, so it works from any machine and whether a runner is alive \
            or not. On a terminal --watch draws it in place, and keys steer one change: p pause or resume, + and - workers, \
            < and > batch time, ? help, q leave. Elsewhere it appends a line for what is new.

            Example:
              online-change status
              online-change status users.name-to-full_name --watch
              online-change status --json
            """
    )

    @Argument(help: "The change's name or number.", completion: .changes)
    var change: String?

    @Flag(help: "Show it again every second until the change ends, q or Ctrl-C.")
    var watch = false

    @Flag(help: "Print JSON: a list of changes.")
    var json = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        if json { Output.choose(.json) }
        if watch, !json { return try await StatusWatch(parameters: connection.parameters, change: change).run() }
        guard watch else {
            return try print(await ChangeStatus.read(connection.parameters, change: change))
        }
        let reader = try await StatusReader.open(connection.parameters)
        do {
            while true {
                let statuses = try await reader.read(change)
                try print(statuses)
                guard statuses.contains(where: { $0.finishedAt == nil }), !StandardStream.output.isGone else { break }
                try await Task.sleep(for: .seconds(1))
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    private func print(_ statuses: [ChangeStatus]) throws {
        StandardStream.output.write(try render(statuses) + "\n")
    }

    private func render(_ statuses: [ChangeStatus]) throws -> String {
        if json {
            return try StatusJSON.text(statuses, isLine: watch)
        }
        return StatusPage(statuses, isOne: change != nil)
            .lines(width: Terminal.size?.columns, isColoured: Terminal.isColoured).joined(separator: "\n")
    }
}
