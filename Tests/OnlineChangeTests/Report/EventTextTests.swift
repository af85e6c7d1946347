import Testing

@testable import OnlineChange

struct EventTextTests {
    static let blocker = Blocker(pid: 7, user: "app", age: 3, state: "active", query: "SELECT 1")

    @Test("What people read")
    func all() {
        expect(.started(change: "users.a-to-b", number: 3), "change 3: users.a-to-b")
        expect(.continued(change: "users.a-to-b", phase: "expand"), "users.a-to-b goes on after expand")
        expect(.finding(.note("table users", "is large")), "note: table users: is large")
        expect(.finding(.acknowledge("rule r", "is odd", wayOut: "Mend it")), "acknowledged: rule r: is odd")
        expect(.phaseStarted(phase: "swap", summary: "Exchanges."), "\nswap: Exchanges.")
        expect(.stepStarted(title: "copy"), nil)
        expect(.stepFinished(title: "copy", seconds: 2, waited: 0.1, retries: 0), "  ✓ copy (2.0 s)")
        expect(
            .stepFinished(title: "copy", seconds: 2, waited: 1, retries: 1),
            "  ✓ copy (2.0 s, waited 1.0 s, 1 retry)"
        )
        expect(
            .stepFinished(title: "copy", seconds: 2, waited: 1, retries: 3),
            "  ✓ copy (2.0 s, waited 1.0 s, 3 retries)"
        )
        expect(.stepUndone(title: "copy"), "  ↩ undone: copy")
        expect(
            .waitingForLock(blockers: [Self.blocker], seconds: 4),
            "  waiting 4.0 s for an old transaction, not queueing behind it: pid 7 (app, active for 3.0 s): SELECT 1"
        )
        expect(
            .lockNotObtained(attempt: 1, blockers: [], pause: 0.2),
            "  lock not obtained (attempt 1); again in 0.2 s"
        )
        expect(.lockNotObtained(attempt: 2, blockers: [], pause: 0.2), nil)
        expect(
            .waitingForSnapshots(blockers: [Self.blocker], seconds: 4),
            "  waiting 4.0 s for a snapshot older than the backfill: pid 7 (app, active for 3.0 s): SELECT 1"
        )
        expect(.throttled(reasons: ["paused", "lag"]), "  held back: paused; lag")
        expect(.released, "  going on")
        expect(.verified(rows: 1000, differences: 0, repaired: 0), "  compared 1,000 rows: 0 differed")
        expect(.verified(rows: 1000, differences: 2, repaired: 1), "  compared 1,000 rows: 2 differed, 1 mended")
        expect(.notice("all is well"), "  all is well")
        expect(.reconnecting(reason: "lost", attempt: 2), "  lost; connecting again (attempt 2)")
        expect(
            .phaseReached(phase: "swap", gate: Gate(now: "Wait."), next: "online-change advance 1"),
            "swap reached.\n  now     Wait.\n  next    online-change advance 1"
        )
        expect(.applying(file: "a.yaml", phase: "swap"), "\na.yaml (through swap)")
        expect(
            .standsAlready(change: "names", phase: "swap", state: "active"),
            "  names: swap is reached; left alone"
        )
        expect(
            .standsAlready(change: "names", phase: "drop", state: "finished"),
            "  names: finished; left alone"
        )
        expect(.rolledBack, "rolled back: the table is as it was")
        expect(.finished, "finished: nothing is left to do")
    }

    private func expect(_ event: Event, _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(event.text(isVerbose: false) == expected, sourceLocation: sourceLocation)
    }

    @Test("Verbose tells the beginning of steps and every attempt")
    func verbose() {
        #expect(Event.stepStarted(title: "copy").text(isVerbose: true) == "  … copy")
        #expect(
            Event.lockNotObtained(attempt: 2, blockers: [Self.blocker], pause: 0.2).text(isVerbose: true)
                == "  lock not obtained (attempt 2); again in 0.2 s; in the way: pid 7 (app, active for 3.0 s): SELECT 1"
        )
    }
}
