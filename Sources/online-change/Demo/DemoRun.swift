import OnlineChange
import Oracles
import Postgres

/// The story that the demo tells: an application runs, a column is renamed under it, and the promise is checked.
struct DemoRun: Sendable {
    let server: DemoServer
    let rows: Int
    let output: Output
    private let meter = BackfillMeter()

    private static let table = DemoSchema.table.name.name
    private static let from = DemoSchema.oldName
    private static let to = DemoSchema.newName
    private static let twinRows = 100_000
    private static let change = "\(table).\(from)-to-\(to)"

    init(server: DemoServer, rows: Int, output: Output) {
        self.server = server
        self.rows = rows
        self.output = output
    }

    /// Tells all of it.
    func perform() async throws -> DemoReport {
        say("A private PostgreSQL \(server.version); making a table \(Self.table) of \(Count.text(rows)) rows")
        say("with \(DemoSchema.summary).")
        try await server.connected(to: .online) { try await DemoSchema.create(on: $0, rows: rows) }
        // Locks of ours can't reach the twin; what slows it down is the machine.
        try await server.connected(to: .plain) { try await DemoSchema.create(on: $0, rows: min(rows, Self.twinRows)) }
        try await showPlan()
        let application = DemoApplication(server, on: .online)
        let twin = DemoApplication(server, on: .plain)
        let (tally, lost, twinTally) = try await twin.running {
            try await twin.startOldRelease()
            let (tally, lost) = try await application.running { try await rename(under: application) }
            return (tally, lost, await twin.stop())
        }
        return DemoReport(
            rows: rows,
            backfillRate: meter.rate,
            acknowledgedWrites: tally.acknowledgedWrites,
            lostWrites: lost + tally.firstWrongReads,
            applicationErrors: tally.errors + tally.connectionsLost,
            firstErrors: tally.firstErrors.map(\.description),
            longestWait: tally.latency.maximum,
            longestWaitElsewhere: twinTally.latency.maximum,
            lockTimeout: .milliseconds(runner.lockTimeout),
            catalogDifferences: try await server.differencesFromPlainRename()
        )
    }

    private func showPlan() async throws {
        command("rename-column \(Self.table) \(Self.from) \(Self.to) --dry-run")
        let lines = try await runner.plan(try request).text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = 2
        lines.prefix(shown).forEach { output.say(String($0)) }
        output.say("… \(lines.count - shown) more lines: every statement, the lock it takes and why, and its undo")
    }

    /// Takes the column through all phases while releases come and go, and looks up what they wrote.
    private func rename(under application: DemoApplication) async throws -> (Tally, lost: [String]) {
        say("\nThe old release starts: \(DemoApplication.clients) clients read and write \(Self.from).")
        say("As many use a twin of the table that is left in peace, to tell our locks from the machine's own stalls.")
        try await application.startOldRelease()
        try await letRun()
        command("rename-column \(Self.table) \(Self.from) \(Self.to) --through expand")
        try await runner.start(try request, through: "expand")
        try await advance(under: application)

        say("The new release starts beside it: \(DemoApplication.clients) clients read and write \(Self.to).")
        await application.startNewRelease()
        try await letRun()
        try await advance(under: application)
        try await letRun()

        say("The old release stops. Every row that was written is looked up by both names.")
        await application.stopOldRelease()
        _ = await application.stop()
        var lost = try await application.lostWrites(through: [Self.from, Self.to])
        await application.startNewRelease()
        try await letRun()
        try await advance(under: application, confirming: true)
        try await letRun()

        let tally = await application.stop()
        lost += try await application.lostWrites(through: [Self.to])
        return (tally, lost)
    }

    /// The next phase, just as the command of that name would take the change to it.
    private func advance(under application: DemoApplication, confirming: Bool = false) async throws {
        command("advance \(Self.change)\(confirming ? " --yes" : "")")
        try await runner.advance(Self.change, through: nil)
        say("\nThe application so far: \(await application.summary()).")
    }

    private var request: ChangeRequest {
        get throws {
            ChangeRequest(
                recipe: try RecipeReader.builtIn("rename-column"),
                table: Self.table,
                columns: ["from": Self.from.name, "to": Self.to.name]
            )
        }
    }

    private var runner: Runner {
        Runner(parameters: server.parameters(.online)) { [meter, output] event in
            meter.hear(event)
            output.tell(event)
        }
    }

    private func letRun() async throws {
        try await Task.sleep(for: .seconds(2))
    }

    private func command(_ arguments: String) {
        output.say("\n$ online-change \(arguments)")
    }

    private func say(_ text: String) {
        output.say(text)
    }
}
