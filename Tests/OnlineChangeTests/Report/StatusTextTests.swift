import Foundation
import Testing

@testable import OnlineChange

struct StatusTextTests {
    @Test("A running backfill, on a screen of 80 by 24")
    func running() {
        let screen = Self.running.screen(width: 80, height: 23)
        #expect(
            screen
                == """
                users.name-to-full_name (number 1, public.users): running, waiting
                  phases    [x] expand  [>] backfill  [ ] swap  [ ] drop
                  step      copy name into full_name
                  progress  [############..................] backfill 41.2 %
                  rows      412,000 written, about 588,000 left
                  rate      34,100 rows/s of late, 33,800 rows/s on the whole
                  time left about 17 s (15 s to 20 s) of work, once it goes on
                  held back replication-lag: replication lag 70.0 MB (standby replica), limit
                            64.0 MB (--lag-limit), for 12 s, since 2026-11-22 14:02:53 UTC
                  blocker   pid 4711 (app, idle in transaction for 12 s): UPDATE users SET name
                            = $1
                  runner    ada@db1 (pid 99)
                  health    HOT 84 %, heap +16.8 %, indexes +0.1 %, WAL 64.3 MB (server 165.7
                            MB), 5,856 dead rows, no old snapshot
                  lag       70.0 MB, 2.5 s (standby replica)
                  limits    workers 2
                  started   2026-11-22 14:00:00 UTC
                  last      2026-11-22 14:03:05 UTC ada: workers 2
                  next      online-change advance users.name-to-full_name
                """.split(separator: "\n").map(String.init)
        )
    }

    @Test("Colours add nothing that the words don't say, and without them there is not one escape")
    func colours() {
        let coloured = Self.running.screen(width: 80, isColoured: true).joined(separator: "\n")
        let plain = Self.running.screen(width: 80).joined(separator: "\n")
        #expect(coloured.contains("\u{1B}["))
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.replacing(#/\u{1B}\[[0-9]*m/#, with: "") == plain)
    }

    @Test(
        "No line is wider than the screen, and no more of them than it has",
        arguments: [10, 24, 40, 80, 132],
        [5, 10, 24]
    )
    func fits(width: Int, height: Int) {
        for status in [Self.running, Self.dead, Self.hostile] {
            let screen = status.screen(width: width, height: height)
            #expect(screen.count <= height)
            #expect(screen.allSatisfy { DisplayText.width($0) <= width }, "\(screen)")
            #expect(screen.first?.isEmpty == false)
        }
    }

    @Test("A runner that is gone without a word is told from one that ended, and since when")
    func dead() {
        let text = Self.dead.text
        #expect(text.contains("its runner is gone; the same command continues"))
        #expect(
            text.contains(
                "  runner    no sign of life since 2026-11-22 14:03:00 UTC (2 min 3 s): ada@db1 (pid 99) is dead or cut off"
            )
        )
        #expect(!text.contains("time left"))
        let ended = Self.status { $0.runner = "ada@db1 (pid 99)" }
        #expect(ended.text.contains("  runner    none now; the last one was ada@db1 (pid 99)"))
        #expect(ended.text.contains("ready for the next phase"))
    }

    @Test("Nothing in a name or a statement steers the terminal")
    func hostile() {
        let lines = Self.hostile.screen()
        #expect(!lines.joined().contains { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } })
        #expect(lines[0].hasPrefix("?[2J?[Hfine?]0;title? (number 1"))
        #expect(!lines.joined().contains("\u{202E}"))
    }

    @Test("While there is no telling, it says so; a ledger of version 1 has the pace so far alone")
    func noTelling() {
        let young = Self.status {
            $0.isRunning = true
            $0.progress = Progress(activity: "backfill", fraction: 0.01, rows: 100, rate: 50, remaining: nil)
        }
        #expect(young.text.contains("  time left no telling yet"))
        let old = Self.status {
            $0.isRunning = true
            $0.progress = Progress(activity: "backfill", fraction: 0.5, rows: 100, rate: 50, remaining: 30)
        }
        #expect(old.text.contains("  time left about 30 s, by the pace so far"))
    }

    @Test("Several changes stand in columns, in any script")
    func table() {
        let other = Self.status {
            $0.number = 12
            $0.change = "表.名-to-名前"
            $0.state = "finished"
            $0.finishedAt = "2026-11-22 15:00:00 UTC"
            $0.phases = ["expand", "backfill", "swap", "drop"].map { .init(name: $0, state: "reached") }
        }
        #expect(
            StatusTable([other, Self.running, Self.dead]).lines(width: 100)
                == """
                no.  change                   state        reached  done  rows/s  left  waits for
                 12  表.名-to-名前            finished     drop
                  1  users.name-to-full_name  waiting      expand   41 %  34,100  17 s  replication lag 70.0 MB (st…
                  1  users.name-to-full_name  runner gone  expand   41 %
                """.split(separator: "\n").map(String.init)
        )
    }

    // MARK: Statuses

    static let running = status {
        $0.isRunning = true
        $0.runner = "ada@db1 (pid 99)"
        $0.lastSign = "2026-11-22 14:03:05 UTC"
        $0.silence = 0.3
        $0.phases[1] = .init(name: "backfill", state: "under way")
        $0.step = "copy name into full_name"
        $0.progress = Progress(activity: "backfill", fraction: 0.412, rows: 412_000, rate: 33_800, remaining: 17)
        $0.estimate = Estimate(seconds: 17, least: 15, most: 20, rate: 34_100)
        $0.waiting = "replication lag 70.0 MB (standby replica), limit 64.0 MB (--lag-limit)"
        $0.heldBack = [
            HeldBack(
                signal: "replication-lag",
                reason: "replication lag 70.0 MB (standby replica), limit 64.0 MB (--lag-limit)",
                seconds: 12,
                since: "2026-11-22 14:02:53 UTC"
            )
        ]
        $0.blockers = [
            Blocker(
                pid: 4711,
                user: "app",
                age: 12,
                state: "idle in transaction",
                query: "UPDATE users SET name = $1"
            )
        ]
        $0.health = BackfillHealth(
            hotShare: 0.84,
            heapGrowth: 0.168,
            indexGrowth: 0.001,
            wal: 67_423_437,
            serverWAL: 173_749_043,
            deadTuples: 5856,
            oldestSnapshot: .init(seconds: 0, holder: nil)
        )
        $0.lag = .init(standby: "replica", bytes: 70 << 20, seconds: 2.5)
        $0.differingLimits = ["workers 2"]
        $0.lastEvent = .init(at: "2026-11-22 14:03:05 UTC", actor: "ada", origin: "ada@db1 (pid 5)", what: "workers 2")
        $0.next = "online-change advance users.name-to-full_name"
    }

    static let dead = status {
        $0 = running
        $0.isRunning = false
        $0.lastSign = "2026-11-22 14:03:00 UTC"
        $0.silence = 123
        $0.estimate = nil
        $0.heldBack = []
        $0.waiting = nil
        $0.blockers = []
    }

    static let hostile = status {
        $0 = running
        $0.change = "\u{1B}[2J\u{1B}[Hfine\u{1B}]0;title\u{07}"
        $0.error = "a\nb\u{202E}c" + String(repeating: "very ", count: 100) + String(repeating: "x", count: 300)
        $0.blockers[0].query = "SELECT '\u{9B}31m表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表'"
    }

    static func status(_ change: (inout ChangeStatus) -> Void) -> ChangeStatus {
        var status = ChangeStatus(
            number: 1,
            change: "users.name-to-full_name",
            table: "public.users",
            state: "active",
            phases: ["expand", "backfill", "swap", "drop"].map {
                .init(name: $0, state: $0 == "expand" ? "reached" : "ahead")
            },
            heldBack: [],
            isRunning: false,
            blockers: [],
            isPaused: false,
            limits: [:],
            differingLimits: [],
            startedAt: "2026-11-22 14:00:00 UTC",
            destruction: ""
        )
        change(&status)
        return status
    }
}
