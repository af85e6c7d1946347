import Testing

@testable import OnlineChange

struct ReconnectPolicyTests {
    @Test func pauses() {
        let policy = ReconnectPolicy()
        let pauses: [Double?] = (0...5).map { policy.pause(afterAttempt: $0, elapsed: 0) }
        let expected: [Double?] = [0.2, 0.4, 0.8, 1.6, 3.2, 5]
        #expect(pauses == expected)
        #expect(policy.pause(afterAttempt: 1000, elapsed: 119.9) == 5)
        #expect(policy.pause(afterAttempt: 0, elapsed: 120) == nil)
    }
}
