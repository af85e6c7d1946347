import ArgumentParser

/// Shows a rename under live traffic on a private server.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Renames a column of 1,000,000 rows under live traffic, on a private server, and proves that nothing was lost.",
        discussion: """
            Example:
              online-change demo
              online-change demo --rows 100000
            """
    )

    @Option(help: "Rows of the table.")
    var rows = 1_000_000

    func run() async throws {}
}
