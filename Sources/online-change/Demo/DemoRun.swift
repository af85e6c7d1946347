import OnlineChange
import Oracles
import Postgres

/// The demo: an application runs, a column is changed under it, and the promise is checked.
struct DemoRun: Sendable {
    let server: DemoServer
    let story: DemoStory
    let rows: Int
    let output: Output
    private let meter = BackfillMeter()

    private static let twinRows = 100_000

    init(server: DemoServer, story: DemoStory, rows: Int, output: Output) {
        self.server = server
        self.story = story
        self.rows = rows
        self.output = output
    }

    /// Tells all of it.
    func perform() async throws -> DemoReport {
        say(
            "A private PostgreSQL \(server.version); making a table \(DemoStory.table.name) of \(Count.text(rows)) rows"
        )
        say("with \(story.summary).")
        try await server.connected(to: .online) { try await create(on: $0, rows: rows) }
        // Locks of ours can't reach the twin; what slows it down is the machine.
        try await server.connected(to: .plain) { try await create(on: $0, rows: min(rows, Self.twinRows)) }
        try await showPlan()
        let application = DemoApplication(server, story, on: .online)
        let twin = DemoApplication(server, story, on: .plain)
        let (tally, lost, twinTally) = try await twin.running {
            try await twin.startOldRelease()
            let (tally, lost) = try await application.running { try await change(under: application) }
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
            plainStatement: story.plain.name,
            catalogDifferences: try await server.differences(fromPlain: story)
        )
    }

    private func showPlan() async throws {
        command("\(story.command) --dry-run")
        let lines = try await runner.plan(try story.request).text.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let shown = 2
        lines.prefix(shown).forEach { output.say(String($0)) }
        output.say("… \(lines.count - shown) more lines: every statement, the lock it takes and why, and its undo")
    }

    /// Takes the column through all phases while releases come and go, and looks up what they wrote.
    private func change(under application: DemoApplication) async throws -> (Tally, lost: [String]) {
        say("\nThe old release starts: \(DemoApplication.clients) clients read and write \(story.oldName).")
        say("As many use a twin of the table that is left in peace, to tell our locks from the machine's own stalls.")
        try await application.startOldRelease()
        try await letRun()
        command("\(story.command) --through expand")
        try await runner.start(try story.request, through: "expand")
        try await advance(under: application)

        say("The new release starts beside it: \(DemoApplication.clients) clients read and write \(story.newName).")
        await application.startNewRelease()
        try await letRun()
        try await advance(under: application)
        try await letRun()

        say(
            "The old release stops. Every row that was written is looked up by \(story.oldName == story.newName ? "its key" : "both names")."
        )
        await application.stopOldRelease()
        _ = await application.stop()
        var lost = try await application.lostWrites(through: [story.oldName, story.newName])
        await application.startNewRelease()
        try await letRun()
        try await advance(under: application, confirming: true)
        try await letRun()

        let tally = await application.stop()
        lost += try await application.lostWrites(through: [story.newName])
        if let ending = story.ending {
            try await server.connected(to: .online) { connection in
                for statement in ending.statements { try await connection.run(Query(statement)) }
            }
            say(ending.text)
        }
        return (tally, lost)
    }

    /// The next phase, just as the command of that name would take the change to it.
    private func advance(under application: DemoApplication, confirming: Bool = false) async throws {
        command("advance \(story.change)\(confirming ? " --yes" : "")")
        try await runner.advance(story.change, through: nil)
        say("\nThe application so far: \(await application.summary()).")
    }

    private func create(on connection: Connection, rows: Int) async throws {
        for statement in story.schema(rows) { try await connection.run(Query(statement)) }
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
