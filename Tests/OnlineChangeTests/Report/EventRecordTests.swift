import Foundation
import Testing

@testable import OnlineChange

struct EventRecordTests {
    private let date = Date(timeIntervalSince1970: 1_700_000_000.5)

    @Test("What machines read")
    func all() {
        expect(.started(change: "users.a-to-b", number: 3), #""change":"users.a-to-b","event":"started","number":3"#)
        expect(.continued(change: "users.a-to-b", phase: nil), #""change":"users.a-to-b","event":"continued""#)
        expect(
            .finding(.note("table users", "is large")),
            #""event":"finding","finding":{"consequence":"note","message":"is large","object":"table users"}"#
        )
        expect(
            .phaseStarted(phase: "swap", summary: "Exchanges."),
            #""event":"phase-started","phase":"swap","summary":"Exchanges.""#
        )
        expect(.stepStarted(title: "copy a/b"), #""event":"step-started","step":"copy a/b""#)
        expect(
            .stepFinished(title: "copy", seconds: 2, waited: 1, retries: 3),
            #""event":"step-finished","retries":3,"seconds":2,"step":"copy""#
        )
        expect(.stepUndone(title: "copy"), #""event":"step-undone","step":"copy""#)
        expect(
            .waitingForLock(blockers: [EventTextTests.blocker], seconds: 4),
            #""blockers":[{"age":3,"pid":7,"query":"SELECT 1","state":"active","user":"app"}],"#
                + #""event":"waiting-for-lock","seconds":4"#
        )
        expect(
            .lockNotObtained(attempt: 1, blockers: [], pause: 0.5),
            #""attempt":1,"blockers":[],"event":"lock-not-obtained","seconds":0.5"#
        )
        expect(
            .progress(Progress(activity: "backfill", fraction: 0.5, rows: 7, rate: 2, remaining: nil)),
            #""event":"progress","progress":{"activity":"backfill","fraction":0.5,"rate":2,"rows":7}"#
        )
        expect(.throttled(reasons: ["paused"]), #""event":"throttled","reasons":["paused"]"#)
        expect(.released, #""event":"released""#)
        expect(
            .verified(rows: 10, differences: 2, repaired: 1),
            #""differences":2,"event":"verified","repaired":1,"rows":10"#
        )
        expect(.notice("so it is"), #""event":"notice","message":"so it is""#)
        expect(.reconnecting(reason: "lost", attempt: 2), #""attempt":2,"event":"reconnecting","message":"lost""#)
        expect(
            .phaseReached(phase: "swap", gate: Gate(now: "Wait."), next: nil),
            #""event":"phase-reached","gate":{"now":"Wait."},"phase":"swap""#
        )
        expect(
            .applying(file: "a.yaml", phase: "swap"),
            #""event":"applying","file":"a.yaml","phase":"swap""#
        )
        expect(
            .standsAlready(change: "names", phase: "swap", state: "active"),
            #""change":"names","event":"stands-already","phase":"swap","state":"active""#
        )
        expect(.rolledBack, #""event":"rolled-back""#)
        expect(.finished, #""event":"finished""#)
    }

    private func expect(_ event: Event, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let line = EventRecord(event, at: date).line
        #expect(
            line.replacing(#","waited":1"#, with: "") == #"{\#(expected),"time":"2023-11-14T22:13:20.500Z"}"#,
            sourceLocation: sourceLocation
        )
    }

    @Test func failure() {
        let failure = Failure(.notNow, "no lock", left: "All undone.", next: "Again.")
        #expect(
            EventRecord(failure, at: date).line
                == #"{"event":"failed","exitCode":75,"message":"no lock\nAll undone.","next":"Again.","time":"2023-11-14T22:13:20.500Z"}"#
        )
    }
}
