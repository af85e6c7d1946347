import Testing

@testable import OnlineChange

struct ThrottleTests {
    private func reasons(
        _ limits: Limits = [:],
        isPaused: Bool = false,
        _ set: (inout Throttle.Signals) -> Void = { _ in }
    ) -> [String] {
        var signals = Throttle.Signals()
        set(&signals)
        return Throttle.reasons(signals, controls: Controls(isPaused: isPaused, limits: limits)).map(\.text)
    }

    @Test func nothingInTheWay() {
        #expect(reasons().isEmpty)
        #expect(reasons(isPaused: true) == ["paused"])
    }

    /// A signal that is a reading against a number.
    struct Case: CustomTestStringConvertible, Sendable {
        let name: LimitName
        let signal: Throttle.Signal
        /// What the default lets through, and what it doesn't.
        let allowed: Double
        let beyond: Double
        let text: String
        let set: @Sendable (inout Throttle.Signals, Throttle.Reading) -> Void

        var testDescription: String { name.rawValue }
    }

    static let cases = [
        Case(
            name: .lag,
            signal: .replicationLag,
            allowed: Double(64 << 20),
            beyond: Double(100 << 20),
            text: "replication lag 100.0 MB (h), limit 64.0 MB (--lag-limit)"
        ) { $0.lag = $1 },
        Case(
            name: .lagTime,
            signal: .replicationDelay,
            allowed: 10,
            beyond: 12,
            text: "replication delay 12 s (h), limit 10 s (--lag-time-limit)"
        ) { $0.lagTime = $1 },
        Case(
            name: .slotWAL,
            signal: .slotWAL,
            allowed: Double(4 << 30),
            beyond: Double(5 << 30),
            text: "WAL retained by a slot: 5.0 GB (h), limit 4.0 GB (--slot-limit)"
        ) { $0.slotWAL = $1 },
        Case(
            name: .checkpoints,
            signal: .checkpoints,
            allowed: 12,
            beyond: 13,
            text: "checkpoints forced by WAL in the last minute: 13 (h), limit 12 (--max-checkpoints)"
        ) { $0.checkpoints = $1 },
        Case(
            name: .activeBackends,
            signal: .activeBackends,
            allowed: 50,
            beyond: 51,
            text: "active sessions: 51 (h), limit 50 (--max-active)"
        ) { $0.activeBackends = $1 },
        Case(
            name: .lockWaiters,
            signal: .lockWaiters,
            allowed: 0,
            beyond: 1,
            text: "sessions that wait for a lock of ours: 1 (h), limit 0 (--max-waiters)"
        ) { $0.lockWaiters = $1 },
        Case(
            name: .snapshotAge,
            signal: .oldestSnapshot,
            allowed: 3600,
            beyond: 7200,
            text: "age of the oldest snapshot 2 h 0 min (h), limit 1 h 0 min (--max-snapshot-age)"
        ) { $0.snapshot = $1 },
        Case(
            name: .commitTime,
            signal: .commitLatency,
            allowed: 0.25,
            beyond: 0.3,
            text: "our commits take 300 ms (h), limit 250 ms (--max-commit-time)"
        ) { $0.commitTime = $1 },
    ]

    @Test(
        "At its limit a signal lets go on, beyond it holds by name, unseen it holds, switched off it doesn't",
        arguments: cases
    )
    func signal(_ signal: Case) {
        func judged(_ value: Double?, _ limits: Limits = [:]) -> [Throttle.Reason] {
            var signals = Throttle.Signals()
            signal.set(&signals, .init(value: value, holder: "h"))
            return Throttle.reasons(signals, controls: Controls(limits: limits))
        }
        #expect(judged(signal.allowed).isEmpty)
        #expect(judged(signal.beyond) == [.init(signal: signal.signal, text: signal.text)])
        let unseen = judged(nil)
        #expect(unseen.map(\.signal) == [signal.signal])
        #expect(unseen.first?.text.contains("can't be seen: GRANT pg_monitor") == true)
        #expect(judged(nil, [signal.name: .off]).isEmpty)
        #expect(judged(signal.beyond, [signal.name: .off]).isEmpty)
        #expect(judged(signal.beyond, [signal.name: .at(signal.beyond)]).isEmpty)
        #expect(judged(signal.allowed, [signal.name: .at(signal.allowed - 0.001)]).count == 1)
    }

    @Test("A slot that the server would give up is held to half of what it may retain")
    func slotKeep() {
        let held = reasons {
            $0.slotWAL = .init(value: Double(600 << 20), holder: "slot a")
            $0.slotKeep = Double(1 << 30)
        }
        #expect(held == ["WAL retained by a slot: 600.0 MB (slot a), limit 512.0 MB (--slot-limit)"])
    }

    @Test("Sessions that can't be seen count as active")
    func unseenSessions() {
        let held = reasons {
            $0.activeBackends = .init(value: 60)
            $0.unseenBackends = 58
        }
        #expect(
            held == [
                "sessions that are active or, 58 of them, can't be seen without pg_monitor: 60, limit 50 (--max-active)"
            ]
        )
        #expect(reasons([.activeBackends: .at(60)]) { $0.activeBackends = .init(value: 60) }.isEmpty)
        #expect(
            reasons {
                $0.activeBackends = .init(value: 60); $0.maxConnections = 400
            }.isEmpty
        )
    }

    @Test("Growth holds where a limit was asked for, and where it can't be told")
    func growth() {
        #expect(reasons { $0.heapGrowth.value = 5 }.isEmpty)
        #expect(reasons { $0.heapGrowth.value = nil }.isEmpty)
        #expect(
            reasons([.growth: .share(0.3)]) {
                $0.heapGrowth.value = 0.3; $0.indexGrowth.value = 0.1
            }.isEmpty
        )
        #expect(
            reasons([.growth: .share(0.3)]) {
                $0.heapGrowth.value = 0.35; $0.indexGrowth.value = nil
            } == [
                "the heap grew by 35 %, limit 30 % (--max-bloat; it won't shrink)",
                "the growth of the indexes can't be seen: GRANT pg_monitor to this role, or --max-bloat off",
            ]
        )
    }

    @Test("Outside of its hours it waits, and where the time can't be told")
    func hours() {
        let limits = Limits(hours: Hours("22:00-06:00 Europe/Berlin"))
        #expect(reasons(limits) { $0.minute = 23 * 60 }.isEmpty)
        #expect(
            reasons(limits) { $0.minute = 12 * 60 + 5 }
                == ["works only 22:00-06:00 Europe/Berlin, and it is 12:05 (--only)"]
        )
        #expect(reasons(limits) { $0.minute = nil } == ["the time in 'Europe/Berlin' can't be told (--only)"])
        #expect(reasons(Limits(hours: .always)) { $0.minute = nil }.isEmpty)
    }

    @Test("The user's query holds unless it says clearly that it doesn't")
    func query() {
        let limits = Limits(throttleQuery: "SELECT busy FROM t")
        #expect(reasons(limits) { $0.answer = .goOn }.isEmpty)
        #expect(reasons(limits) { $0.answer = .wait } == ["the query says so: SELECT busy FROM t (--throttle-query)"])
        #expect(
            reasons(limits) { $0.answer = .unusable("no table") }
                == ["the query gives no answer: no table (--throttle-query)"]
        )
        #expect(reasons(limits) { $0.answer = nil }.count == 1)
        #expect(reasons(Limits(throttleQuery: "")) { $0.answer = .wait }.isEmpty)
    }

    @Test(
        arguments: [
            (nil, .unusable("it gave NULL or no row")), ("t", .wait), ("f", .goOn), ("true", .wait), ("false", .goOn),
            ("0", .goOn), ("-1", .goOn), ("0.5", .wait), ("12", .wait),
            ("NaN", .unusable("'NaN' is neither boolean nor number")),
            ("", .unusable("'' is neither boolean nor number")),
            ("yes", .unusable("'yes' is neither boolean nor number")),
        ] as [(String?, Throttle.Answer)]
    )
    func answer(text: String?, expected: Throttle.Answer) {
        #expect(ThrottleProbe.answer(text) == expected)
    }

    @Test("Reading makes no dead rows, so nothing of that holds it back")
    func reading() {
        var signals = Throttle.Signals()
        signals.snapshot.value = 1e9
        signals.commitTime.value = nil
        signals.lag.value = 1e12
        let held = Throttle.reasons(signals, controls: Controls(isPaused: true), among: Throttle.forReading)
        #expect(held.map(\.signal) == [.pause, .replicationLag])
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
