import Testing

@testable import online_change

struct ShortDurationTests {
    @Test(
        arguments: [
            ("90", 90, "90s"), ("30s", 30, "30s"), ("10m", 600, "10m"), ("2h", 7200, "2h"), ("1d", 86400, "1d"),
            ("1.5h", 5400, "90m"), ("0", 0, "0s"),
        ] as [(String, Double, String)]
    )
    func reads(text: String, seconds: Double, description: String) throws {
        let duration = try #require(ShortDuration(argument: text))
        #expect(duration.seconds == seconds)
        #expect(duration.description == description)
    }

    @Test(arguments: ["", "s", "soon", "-3s", "5w", "nan", "inf", "1 0s"])
    func refuses(text: String) {
        #expect(ShortDuration(argument: text) == nil)
    }
}
