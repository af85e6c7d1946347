import Testing

@testable import OnlineChange

struct LockPolicyTests {
    @Test("Waiting and working together stay within the lock timeout")
    func budget() {
        let policy = LockPolicy(lockTimeout: 100, deadlockTimeout: 1000)
        #expect(policy.strongLockWait == 80)
        #expect(policy.weakLockWait == 1500)
        #expect(policy.budget == 100)
        #expect(LockPolicy(lockTimeout: 1).strongLockWait == 1)
        #expect(LockPolicy(lockTimeout: 1).budget == 1)
    }

    @Test("An old transaction is one that would outlast our timeout, and never a fresh one")
    func oldTransaction() {
        #expect(LockPolicy(lockTimeout: 100).oldTransaction == 1)
        #expect(LockPolicy(lockTimeout: 2000).oldTransaction == 4)
    }

    @Test("Pauses double up to five seconds and are spread to both sides")
    func pauses() {
        let policy = LockPolicy(lockTimeout: 100)
        let pauses: [Double] = (0...6).map { policy.pause(afterAttempt: $0, jitter: 0.5) }
        let expected: [Double] = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]
        #expect(pauses == expected)
        #expect(policy.pause(afterAttempt: 0, jitter: 0) == 0.1)
        #expect(policy.pause(afterAttempt: 0, jitter: 1) == 0.2 * 1.5)
        #expect(policy.pause(afterAttempt: Int.max, jitter: 1) == 7.5)
    }

    @Test func looks() {
        let policy = LockPolicy()
        let waited: [Double] = [0, 2, 60]
        let expected: [Double] = [0.05, 0.1, 0.5]
        #expect(waited.map { policy.pause(whileBlockedFor: $0) } == expected)
    }
}
