import Testing

@testable import OnlineChange

struct WaitingTests {
    private func standing(
        _ phase: String?,
        _ state: ChangeRecord.State = .active,
        runner: String? = "ada@db1 (pid 7)",
        isPaused: Bool = false,
        held: [String] = [],
        phases: [String] = PhaseNames.all
    ) -> Standing {
        Standing(
            name: "names",
            state: state,
            phases: phases,
            phase: phase,
            runner: runner,
            isPaused: isPaused,
            held: held,
            isWaiting: false,
            error: nil
        )
    }

    private func notice(_ verdict: Waiting.Verdict) -> String? {
        if case .wait(_, let notice) = verdict { notice } else { "no wait: \(verdict)" }
    }

    @Test(
        "Reached is reached, and what is farther too",
        arguments: [("backfill", true), ("swap", true), ("expand", false), (nil, false)] as [(String?, Bool)]
    )
    func reached(phase: String?, isReached: Bool) {
        var waiting = Waiting(reference: "names", phase: "backfill", timeout: 60)
        #expect((waiting.next(standing(phase), elapsed: 0) == .reached) == isReached)
    }

    @Test func finished() {
        var waiting = Waiting(reference: "names", phase: "drop", timeout: 60)
        #expect(waiting.next(standing("expand", .finished, phases: ["expand"]), elapsed: 0) == .reached)
        #expect(waiting.next(standing("expand", phases: ["expand"]), elapsed: 0) == .reached)
    }

    @Test("It tells what it waits for, once for as long as that is the same")
    func notices() {
        var waiting = Waiting(reference: "names", phase: "swap", timeout: 60)
        #expect(
            notice(waiting.next(nil, near: ["name"], elapsed: 0))
                == "waiting for swap: there is no change 'names' yet (did you mean name?); waiting for somebody to begin it"
        )
        #expect(notice(waiting.next(nil, near: ["name"], elapsed: 1)) == nil)
        #expect(
            notice(waiting.next(standing(nil), elapsed: 2))
                == "waiting for swap: names: it is begun; ada@db1 (pid 7) is at work"
        )
        #expect(notice(waiting.next(standing(nil), elapsed: 3)) == nil)
        #expect(
            notice(waiting.next(standing("expand", held: ["replication-lag"]), elapsed: 4))
                == "waiting for swap: names: expand is reached; ada@db1 (pid 7) is at work, held back by replication-lag"
        )
        #expect(
            notice(waiting.next(standing("backfill", runner: nil), elapsed: 5))
                == "waiting for swap: names: backfill is reached; nobody is running it"
        )
        #expect(notice(waiting.next(standing("backfill", runner: nil), elapsed: 6)) == nil)
    }

    @Test("What a failover could undo is not reached yet")
    func durability() {
        var waiting = Waiting(reference: "names", phase: "backfill", timeout: 60)
        var standing = standing("backfill")
        standing.isDurable = false
        #expect(
            notice(waiting.next(standing, elapsed: 0))
                == "waiting for backfill: names: no standby of those that synchronous_standby_names asks for is connected, "
                + "and what is reached lasts only once one is"
        )
        standing.isDurable = true
        #expect(waiting.next(standing, elapsed: 1) == .reached)
    }

    @Test("It sleeps no longer than it may")
    func interval() {
        var waiting = Waiting(reference: "names", phase: "swap", timeout: 10)
        waiting.interval = 1
        guard case .wait(1, _) = waiting.next(standing(nil), elapsed: 0),
            case .wait(0.25, _) = waiting.next(standing(nil), elapsed: 9.75)
        else {
            Issue.record("it sleeps otherwise")
            return
        }
    }

    private func failure(_ verdict: Waiting.Verdict) -> Failure? {
        if case .over(let failure) = verdict { failure } else { nil }
    }

    @Test func timeout() {
        var waiting = Waiting(reference: "3", phase: "swap", timeout: 10)
        let late = failure(waiting.next(standing("expand", isPaused: true), elapsed: 10))
        #expect(late?.kind == .notNow)
        #expect(
            late?.message
                == "names has not reached swap in 10 s: expand is reached; ada@db1 (pid 7) is at work, paused"
        )
    }

    @Test("What was undone will not come, and what is not there has until the end to be begun")
    func over() {
        var waiting = Waiting(reference: "names", phase: "swap", timeout: 10)
        for state in [ChangeRecord.State.rolledBack, .rollingBack] {
            #expect(failure(waiting.next(standing(nil, state), elapsed: 0))?.kind == .refused)
        }
        let missing = failure(waiting.next(nil, near: ["name"], elapsed: 10))
        #expect(missing?.kind == .refused)
        #expect(missing?.message == "there is no change 'names', and none was begun in 10 s")
        #expect(missing?.next == "Did you mean name?")
        var numbered = Waiting(reference: "17", phase: "swap", timeout: 10)
        #expect(failure(numbered.next(nil, elapsed: 0))?.message == "there is no change '17'")
    }
}
