import Testing

@testable import OnlineChange

struct ThrottleTests {
    private func reasons(_ signals: Throttle.Signals = .init(), _ controls: Controls = Controls()) -> [String] {
        Throttle.reasons(signals, controls: controls)
    }

    @Test func nothingInTheWay() {
        #expect(reasons().isEmpty)
        #expect(reasons(.init(replicationLag: 64 << 20)).isEmpty)
    }

    @Test("Every reason is named")
    func all() {
        #expect(
            reasons(.init(replicationLag: 100 << 20, waitersBehindUs: 2), Controls(isPaused: true)) == [
                "paused", "replication lag 100.0 MB is over 64.0 MB", "2 session(s) wait for a row of ours",
            ]
        )
    }

    @Test("A limit that was asked for takes the default's place")
    func limit() {
        #expect(
            reasons(.init(replicationLag: 2000), Controls(lagLimit: 1024)) == ["replication lag 2.0 kB is over 1.0 kB"]
        )
        #expect(reasons(.init(replicationLag: 100 << 20), Controls(lagLimit: 1 << 30)).isEmpty)
    }

    @Test("A lag that can't be seen holds back where a limit was asked for")
    func unseen() {
        #expect(reasons(.init(replicationLag: nil)).isEmpty)
        #expect(
            reasons(.init(replicationLag: nil), Controls(lagLimit: 1))
                == ["replication lag can't be seen: GRANT pg_monitor to this role"]
        )
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 kB"), (1536, "1.5 kB"), (67_108_864, "64.0 MB"),
            (3_221_225_472, "3.0 GB"),
            (5_497_558_138_880, "5.0 TB"),
        ] as [(Int, String)]
    )
    func bytes(bytes: Int, expected: String) {
        #expect(Bytes.text(bytes) == expected)
    }
}
