import Testing

@testable import OnlineChange

struct BackfillStateTests {
    @Test("Nothing is written before the first look, while something holds, and when looks fail to come")
    func waits() async {
        let state = BackfillState(lanes: [], controls: Controls())
        #expect(await state.mustWait())
        await state.hold(["replication-lag"])
        #expect(await state.mustWait())
        await state.hold([])
        #expect(await !state.mustWait())
        #expect(await !state.mustWait(at: .now + .seconds(4)))
        #expect(await state.mustWait(at: .now + .seconds(6)))
        await state.adopt(Controls(isPaused: true))
        #expect(await state.mustWait())
    }

    @Test("More rows than the rate allows make the next batch wait, and taking the rate away lets it go")
    func rate() async {
        let state = BackfillState(lanes: [], controls: Controls(limits: [.maxRate: .at(100)]))
        #expect(await state.untilNextBatch == 0)
        await state.wrote(200, since: .now)
        #expect(await (1.5...2).contains(state.untilNextBatch))
        await state.adopt(Controls())
        #expect(await state.untilNextBatch == 0)
    }
}
