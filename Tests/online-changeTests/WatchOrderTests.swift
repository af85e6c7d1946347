import Testing

@testable import OnlineChange
@testable import online_change

/// What the watch makes of looks, keys and losses, without a terminal.
struct WatchOrderTests {
    private func status(_ number: Int, _ change: (inout ChangeStatus) -> Void = { _ in }) -> ChangeStatus {
        var status = ChangeStatus(
            number: number,
            change: "change-\(number)",
            table: "public.users",
            state: "active",
            phases: [.init(name: "backfill", state: "under way")],
            heldBack: [],
            isRunning: true,
            blockers: [],
            isPaused: false,
            limits: [:],
            differingLimits: [],
            startedAt: "2026-11-22 14:00:00 UTC",
            destruction: ""
        )
        change(&status)
        return status
    }

    @Test("A key is an order for the one change that is shown")
    func orders() {
        var screen = WatchScreen()
        #expect(screen.order(for: "p") == nil)
        screen.saw([status(1) { $0.workers = 3 }], at: 0)
        let orders: [WatchScreen.Order?] = "p+-><q".map { screen.order(for: $0) }
        #expect(
            orders == [
                .pause, .tune([.workers: .at(4)]), .tune([.workers: .at(2)]), .tune([.batchTime: .at(0.05)]),
                .tune([.batchTime: .at(0.015)]), .quit,
            ]
        )
        screen.saw(
            [
                status(1) {
                    $0.isPaused = true; $0.limits = [.workers: .at(1)]
                }
            ],
            at: 1
        )
        let held: [WatchScreen.Order?] = "p-".map { screen.order(for: $0) }
        #expect(held == [.resume, .tune([.workers: .at(1)])])
        screen.saw([status(1), status(2)], at: 2)
        let several = screen.order(for: "p")
        #expect(several == nil)
        #expect(
            screen.lines(columns: 100, rows: 24, at: 2, isColoured: false).contains { $0.hasPrefix("name one change") }
        )
    }

    @Test("A server that is away is told with what it said, on one line, until it answers")
    func lost() {
        var screen = WatchScreen()
        screen.saw([status(1)], at: 0)
        screen.lost("refused\n\tIs the server running?\u{1B}[2J", at: 5)
        screen.lost("refused\n\tIs the server running?", at: 6)
        let away = screen.lines(columns: 80, rows: 24, at: 17, isColoured: false)
        #expect(away.count == 24)
        #expect(away.contains { $0.hasPrefix("the server can't be reached for 12 s, trying again: refused") })
        #expect(!away.contains { $0.contains("\n") || $0.contains("\u{1B}") })
        screen.saw([status(1)], at: 18)
        #expect(!screen.lines(columns: 80, rows: 24, at: 18, isColoured: false).contains { $0.contains("reached for") })
        #expect(
            screen.lines(columns: 80, rows: 24, at: 30, isColoured: false).contains(
                "no answer from the server for 12 s"
            )
        )
    }

    @Test("It never draws more than there is room for", arguments: [1, 5, 10, 24], [10, 40, 80])
    func room(rows: Int, columns: Int) {
        var screen = WatchScreen()
        _ = screen.order(for: "?")
        for statuses in [[], [status(1)], (1...40).map { status($0) }] {
            screen.saw(statuses, at: 0)
            let lines = screen.lines(columns: columns, rows: rows, at: 0, isColoured: false)
            #expect(lines.count <= rows)
            #expect(lines.allSatisfy { $0.count <= columns })
        }
    }

    @Test("A log has what is new, and a loss once")
    func log() {
        var log = WatchLog()
        #expect(log.lines(for: [status(1), status(2)]).count == 2)
        #expect(
            log.lines(for: [status(1), status(2) { $0.waiting = "paused" }]).map { $0.hasSuffix("paused") } == [true]
        )
        #expect(log.lines(forLoss: "gone").count == 1 && log.lines(forLoss: "gone").isEmpty)
        #expect(
            log.lines(for: [status(1), status(2) { $0.waiting = "paused" }]).map { $0.hasSuffix("again") } == [true]
        )
    }
}
