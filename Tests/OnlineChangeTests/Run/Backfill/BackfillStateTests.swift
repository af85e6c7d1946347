import Testing

@testable import OnlineChange

struct BackfillStateTests {
    @Test("Nothing is written before the first look, while something holds, and when looks fail to come")
    func waits() async {
        let state = BackfillState(lanes: [], controls: Controls(), suitedWorkers: 1)
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
        let state = BackfillState(lanes: [], controls: Controls(limits: [.maxRate: .at(100)]), suitedWorkers: 1)
        #expect(await state.untilNextBatch == 0)
        await state.wrote(200, since: .now)
        #expect(await (1.5...2).contains(state.untilNextBatch))
        await state.adopt(Controls())
        #expect(await state.untilNextBatch == 0)
    }

    @Test("As many workers as suit the server, or as many as were asked for, now and later")
    func workers() async {
        let relation = HeapRelation(oid: 1, name: Fixture.table, filenode: 1, blocks: 40_000)
        let lanes = BackfillLane.cut(relation, stripes: 11)
        let state = BackfillState(lanes: lanes, controls: Controls(), suitedWorkers: 3)
        #expect(await begun(state) == 3)
        await state.adopt(Controls(limits: [.workers: .at(5)]))
        #expect(await begun(state) == 2)
        await state.adopt(Controls(limits: [.workers: .at(1)]))
        #expect(await state.mustStop)
    }

    private func begun(_ state: BackfillState) async -> Int {
        var count = 0
        while await state.wantsWorker {
            await state.workerBegins()
            count += 1
        }
        return count
    }
}
