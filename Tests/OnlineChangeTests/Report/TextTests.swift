import Testing

@testable import OnlineChange

struct TextTests {
    @Test(
        arguments: [
            (0.0, "0.0 s"), (0.44, "0.4 s"), (-1, "0.0 s"), (9.94, "9.9 s"), (9.96, "10.0 s"), (12.4, "12 s"),
            (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (273_600, "3 d 4 h"), (.infinity, "unknown"),
        ] as [(Double, String)]
    )
    func seconds(seconds: Double, expected: String) {
        #expect(Seconds.text(seconds) == expected)
    }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"), (-100, "-100"),
        ] as [(Int, String)]
    )
    func count(number: Int, expected: String) {
        #expect(Count.text(number) == expected)
    }

    @Test func progress() {
        var progress = Progress(activity: "backfill", fraction: 0.4204, rows: 420_000, rate: 310_000.5, remaining: 2)
        #expect(progress.text == "backfill  42.0 %  420,000 rows  310,000/s  2.0 s left")
        progress = Progress(activity: "index a", fraction: 1, rows: 0, rate: 0, remaining: 0)
        #expect(progress.text == "index a  100.0 %")
    }

    @Test func blocker() {
        var blocker = Blocker(
            pid: 4711,
            user: "app",
            age: 12,
            state: "idle in transaction",
            query: "SELECT 1"
        )
        #expect(blocker.description == "pid 4711 (app, idle in transaction for 12 s): SELECT 1")
        blocker = Blocker(prepared: "tx 7", user: "app", age: 90)
        #expect(blocker.description == "prepared transaction 'tx 7' (app, for 1 min 30 s)")
        blocker = Blocker(pid: 4711)
        #expect(blocker.description == "pid 4711")
    }
}
