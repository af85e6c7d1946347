import ArgumentParser
import Foundation
import OnlineChange

/// Prints what monitoring wants to know.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints metrics of all changes in the text format that Prometheus reads.",
        discussion: """
            Reads the ledger only, so it works from any machine and whether a runner is alive or not. With --output the \
            file is replaced at once, for the node exporter's textfile collector; if the database can't be read it is \
            removed, so that nothing old is taken for new.

            Example:
              online-change metrics
              online-change metrics --output /var/lib/prometheus/node-exporter/shop.prom
            """
    )

    @Option(help: ArgumentHelp("Replace this file instead of printing.", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        guard let output else {
            return StandardStream.output.write(try await Metrics.read(connection.parameters).text)
        }
        try AtomicFile.check(output)
        let metrics: Metrics
        do {
            metrics = try await Metrics.read(connection.parameters)
        } catch {
            unlink(output)
            throw error
        }
        try AtomicFile.write(metrics.text, to: output)
    }
}
