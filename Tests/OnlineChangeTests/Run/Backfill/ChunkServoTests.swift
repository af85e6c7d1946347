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
        #expect(servo.next == 22)
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
        servo.took(0.001, blocks: 1)
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
}
