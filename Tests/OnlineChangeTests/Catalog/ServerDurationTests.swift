import Testing

@testable import OnlineChange

struct ServerDurationTests {
    @Test(
        arguments: [
            ("50", 50), ("50ms", 50), ("2s", 2000), ("1.5 s", 1500), ("1min", 60000), ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1500us", 1), ("0", 0),
        ] as [(String, Int)]
    )
    func milliseconds(text: String, expected: Int) {
        #expect(ServerDuration.milliseconds(text) == expected)
    }

    @Test(arguments: ["", "soon", "5 weeks", "-1", "s", "1.2.3s"])
    func noDuration(text: String) {
        #expect(ServerDuration.milliseconds(text) == nil)
    }
}
