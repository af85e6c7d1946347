import ArgumentParser

/// Shows a rename under live traffic on a private server.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Renames a column of 1,000,000 rows under live traffic, on a private server, and proves that nothing was lost.",
        discussion: """
            Needs an installed PostgreSQL server, but none that runs. The private one is gone afterwards, whatever \
            ends the demo. Exits with 65 if a write was lost, the application saw an error or waited too long, or the \
            table is not as ALTER TABLE … RENAME COLUMN would have left it.

            Example:
              online-change demo
              online-change demo --rows 100000
              online-change demo --types
            """
    )

    @Flag(help: "Change the type of a primary key instead: int to bigint, with two tables that refer to it.")
    var types = false

    @Option(help: "Rows of the table.")
    var rows = 1_000_000

    @Option(help: .hidden)
    var run: String?

    func validate() throws {
        guard (1...100_000_000).contains(rows) else {
            throw ValidationError("--rows takes a number from 1 to 100000000.")
        }
    }

    func run() async throws {
        let output = Output.choose(.lines(isVerbose: false))
        if let run {
            return try await DemoServer.with { server in
                try await DemoCommand(server: server, story: types ? .types : .rename, rows: rows).run(run)
            }
        }
        let report = try await DemoServer.with { server in
            try await DemoRun(server: server, story: types ? .types : .rename, rows: rows, output: output).perform()
        }
        output.say("")
        report.lines.forEach(output.say)
        if let failure = report.failure { throw failure }
    }
}
