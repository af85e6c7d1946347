import Testing

@testable import OnlineChange

struct ChunkServoTests {
    @Test("A slow batch is followed at once, a fast one by doubling")
    func follows() {
        var servo = ChunkServo(target: 0.025)
        #expect(servo.next == 16)
        servo.took(0.001, blocks: 16)
        #expect(servo.next == 32)
        servo.took(0.020, blocks: 32)
        #expect(servo.next == 40)
        servo.took(0.100, blocks: 40)
        #expect(servo.next == 10)
    }

    @Test("The small batch at a range's end says nothing unless it was slow")
    func smallBatch() {
        var servo = ChunkServo(target: 0.025)
        servo.took(0.0001, blocks: 2)
        #expect(servo.next == 16)
        servo.took(0.050, blocks: 2)
        #expect(servo.next == 1)
    }

    @Test("A range in two halves lets the next batch grow all the same")
    func halves() {
        var servo = ChunkServo(target: 0.025)
        servo.took(0.005, blocks: 8)
        #expect(servo.next == 32)
    }

    @Test("Slow batches go down to the smallest size, those that run out of time below it, and from there up again")
    func smallest() {
        var servo = ChunkServo(target: 0.025, smallest: 11)
        servo.took(1, blocks: 16)
        #expect(servo.next == 11)
        servo.timedOut()
        #expect(servo.next == 2)
        servo.took(1, blocks: 2)
        #expect(servo.next == 2)
        for _ in 1...3 { servo.took(0.001, blocks: servo.next) }
        #expect(servo.next == 9)
    }

    @Test("It stays between one block and the limit")
    func limits() {
        var servo = ChunkServo(target: 0.025, first: 16, limit: 20)
        servo.took(0.001, blocks: 16)
        #expect(servo.next == 20)
        for _ in 1...5 { servo.timedOut() }
        #expect(servo.next == 1)
        servo.took(10, blocks: 1)
        #expect(servo.next == 1)
        for _ in 1...2 { servo.took(0.001, blocks: 1) }
        #expect(servo.next == 2)
    }

    @Test("A batch that did nothing in no time is no sample")
    func noSample() {
        var servo = ChunkServo(target: 0.025)
        servo.took(0, blocks: 16)
        servo.took(1, blocks: 0)
        #expect(servo.next == 16)
        servo.timedOut()
        #expect(servo.next == 4)
    }

    @Test("A simulated table: from nothing to its pace in a few batches, down at once when it slows, up again slowly")
    func simulation() {
        var servo = ChunkServo(target: 0.025)
        func run(_ batches: Int, secondsPerBlock: Double) -> [Double] {
            (0..<batches).map { _ in
                let seconds = Double(servo.next) * secondsPerBlock + 0.001
                servo.took(.init(seconds: seconds, commit: 0.001, blocks: servo.next))
                return seconds
            }
        }
        let first = run(12, secondsPerBlock: 0.000_05)
        #expect(first.suffix(5).allSatisfy { (0.020...0.026).contains($0) }, "\(first)")
        // Ten times slower: one batch that is too long, and no second one.
        let slow = run(5, secondsPerBlock: 0.0005)
        #expect(slow[0] > 0.2)
        #expect(slow.dropFirst().allSatisfy { $0 <= 0.026 }, "\(slow)")
        let again = run(12, secondsPerBlock: 0.000_05)
        #expect(zip(again, again.dropFirst()).allSatisfy { $1 < $0 * 1.6 }, "\(again)")
        #expect(again.suffix(4).allSatisfy { (0.020...0.026).contains($0) }, "\(again)")
    }

    @Test("A slow commit takes its part of the time, and doesn't bring batches down to nothing")
    func commits() {
        var servo = ChunkServo(target: 0.1)
        for _ in 1...10 {
            let work = Double(servo.next) * 0.001
            servo.took(.init(seconds: work + 0.04, commit: 0.04, blocks: servo.next))
        }
        #expect((55...60).contains(servo.next))
        for _ in 1...10 {
            let work = Double(servo.next) * 0.001
            servo.took(.init(seconds: work + 2, commit: 2, blocks: servo.next))
        }
        #expect((24...25).contains(servo.next))
    }

    @Test("Full-page images make batches smaller, and the checkpoint's end larger again")
    func wal() {
        var servo = ChunkServo(target: 0.025)
        servo.walTarget = 1_048_576
        func run(_ batches: Int, walPerBlock: Int) {
            for _ in 1...batches {
                servo.took(
                    .init(seconds: Double(servo.next) * 0.0001, blocks: servo.next, wal: servo.next * walPerBlock)
                )
            }
        }
        run(10, walPerBlock: 2000)
        #expect((240...250).contains(servo.next))
        run(1, walPerBlock: 10_000)
        #expect((100...105).contains(servo.next))
        run(10, walPerBlock: 2000)
        #expect((240...250).contains(servo.next))
    }

    @Test("A rate keeps batches small, and taking it away lets them grow from where they were")
    func rows() {
        var servo = ChunkServo(target: 0.025)
        servo.aim([.maxRate: .at(1000)], budget: 1)
        for _ in 1...10 { servo.took(.init(seconds: 0.0001, blocks: servo.next, rows: servo.next * 50)) }
        #expect(servo.next == 10)
        servo.aim([:], budget: 1)
        for _ in 1...3 { servo.took(.init(seconds: 0.0001, blocks: servo.next, rows: servo.next * 50)) }
        #expect(servo.next > 16)
        servo.aim([.batchTime: .at(5)], budget: 0.1)
        #expect(servo.target == 0.05)
    }
}
