import ArgumentParser
import Foundation
import OnlineChange

/// Tells all that is known of a change, to attach to a ticket.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells all that is known of a change: phases, steps, waits, rates, comparisons, who did what.",
        discussion: """
            With --html it writes one page that needs nothing else: charts and all are in it, and it can be read in light \
            and dark and on a telephone.

            Example:
              online-change report users.name-to-full_name
              online-change report 3 --html report.html
            """
    )

    @Argument(help: "The change's name or number.")
    var change: String

    @Option(help: ArgumentHelp("Write a page to this file instead of text; - for standard output.", valueName: "file"))
    var html: String?

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let document = try await ReportDocument.read(connection.parameters, change: change)
        guard let html else { return try write(document.text + "\n") }
        guard html != "-" else { return try write(document.html) }
        let page = Data(document.html.utf8)
        do {
            try page.write(to: URL(fileURLWithPath: html), options: .atomic)
        } catch {
            throw Failure(
                .usage,
                "the report can't be written to \(html): \(error.localizedDescription)",
                left: "Nothing was changed.",
                next: "Name a file in a folder that exists and that you may write to."
            )
        }
        try write("\(html) (\(max(1, page.count / 1024)) kB)\n")
    }

    private func write(_ text: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
