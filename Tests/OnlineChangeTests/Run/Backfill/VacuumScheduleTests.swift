import Testing

@testable import OnlineChange

struct VacuumScheduleTests {
    private let large = HeapRelation(oid: 1, name: Fixture.table, filenode: 2, blocks: 10_000)
    private let small = HeapRelation(oid: 3, name: Fixture.table, filenode: 4, blocks: VacuumSchedule.smallest - 1)

    @Test("Once at each quarter but the last; a small one never")
    func quarters() {
        var schedule = VacuumSchedule()
        schedule.begin(large, done: 0)
        schedule.begin(small, done: 0)
        var taken: [Int] = []
        for percent in 0...100 {
            schedule.advance(small, done: Double(percent) / 100)
            schedule.advance(large, done: Double(percent) / 100)
            if schedule.take() != nil { taken.append(percent) }
        }
        #expect(taken == [25, 50, 75])
    }

    @Test("What a former run has reached is not done again, and a quarter that was missed is not made up for")
    func resumed() {
        var schedule = VacuumSchedule()
        schedule.begin(large, done: 0.3)
        schedule.advance(large, done: 0.31)
        #expect(schedule.take() == nil)
        schedule.advance(large, done: 0.51)
        schedule.advance(large, done: 0.77)
        #expect(schedule.take() == large)
        #expect(schedule.take() == nil)
    }
}
