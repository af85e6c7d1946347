import Testing

@testable import online_change

struct HookQueueTests {
    @Test("What tells of a state is worth running only for the newest; the rest keeps its order")
    func newestState() {
        var queue = HookQueue<Int>()
        queue.add(.phaseStarted, 1)
        for number in 2...1000 {
            queue.add(number.isMultiple(of: 2) ? .throttled : .released, number)
            queue.add(.reconnecting, -number)
        }
        queue.add(.phaseReady, 1001)
        var order: [String] = []
        while let (name, call) = queue.next() { order.append("\(name.rawValue) \(call)") }
        #expect(order == ["phase-started 1", "throttled 1000", "reconnecting -1000", "phase-ready 1001"])
    }
}
