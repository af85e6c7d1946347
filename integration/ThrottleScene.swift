import OnlineChange
import Postgres

/// What makes one signal rise and fall again on a real server.
struct ThrottleScene: Sendable {
    /// The signal's name in `status`.
    let signal: String
    /// What is done, in words.
    let story: String
    let limits: Limits
    let raise: @Sendable (ThrottleStage) async throws -> Void
    let lower: @Sendable (ThrottleStage) async throws -> Void

    /// Scenes that a limit raises and another one lowers.
    private static func tuned(_ signal: String, _ story: String, _ limits: Limits, back: Limits) -> ThrottleScene {
        ThrottleScene(signal: signal, story: story, limits: limits) { _ in
        } lower: { stage in
            _ = try await Control.set(Rename.name, on: stage.parameters, limits: back)
        }
    }

    static let all: [ThrottleScene] = [
        ThrottleScene(signal: "pause", story: "someone pauses the change", limits: [:]) { stage in
            _ = try await Control.set(Rename.name, on: stage.parameters, isPaused: true)
        } lower: { stage in
            _ = try await Control.set(Rename.name, on: stage.parameters, isPaused: false)
        },
        ThrottleScene(signal: "hours", story: "the hours are over, and someone takes them away", limits: [:]) { stage in
            let hour: Int = try await stage.connection.value("SELECT extract(hour FROM clock_timestamp())::int")
            let window = Hours("\((hour + 2) % 24):00-\((hour + 3) % 24):00 UTC")
            _ = try await Control.set(Rename.name, on: stage.parameters, limits: Limits(hours: window))
        } lower: { stage in
            _ = try await Control.set(Rename.name, on: stage.parameters, limits: Limits(hours: .always))
        },
        ThrottleScene(
            signal: "replication-lag",
            story: "the standby's replay is paused, then resumed",
            limits: [.lag: .at(1_048_576)]
        ) { stage in
            try await stage.standby.call("pg_wal_replay_pause()")
            try await stage.writeWAL(megabytes: 2)
        } lower: { stage in
            try await stage.standby.call("pg_wal_replay_resume()")
        },
        ThrottleScene(
            signal: "replication-delay",
            story: "the standby's replay is paused, then resumed",
            limits: [.lagTime: .at(1)]
        ) { stage in
            try await stage.standby.call("pg_wal_replay_pause()")
            try await stage.writeWAL(megabytes: 1)
        } lower: { stage in
            try await stage.standby.call("pg_wal_replay_resume()")
        },
        ThrottleScene(
            signal: "slot-wal",
            story: "nobody reads a logical slot, then it is dropped",
            limits: [.slotWAL: .at(1_048_576)]
        ) { stage in
            try await stage.connection.run("SELECT pg_create_logical_replication_slot('unread', 'pgoutput')")
            try await stage.writeWAL(megabytes: 2)
        } lower: { stage in
            try await stage.connection.run("SELECT pg_drop_replication_slot('unread')")
        },
        ThrottleScene(
            signal: "checkpoints",
            story: "half of max_wal_size is written three times, with CHECKPOINT; then the counter is reset",
            limits: [.checkpoints: .at(2)]
        ) { stage in
            for _ in 1...3 {
                try await stage.writeWAL(megabytes: 32)
                try await stage.connection.run("CHECKPOINT")
            }
        } lower: { stage in
            let counters = stage.connection.serverVersion >= 17_00_00 ? "checkpointer" : "bgwriter"
            // A minute later they would be forgotten by themselves.
            try await stage.connection.run("SELECT pg_stat_reset_shared(\(counters))")
        },
        ThrottleScene(
            signal: "active-backends",
            story: "four sessions run a query, then end",
            limits: [.activeBackends: .at(3)]
        ) { stage in
            try await stage.openSessions(4, running: "SELECT pg_sleep(600)")
        } lower: { stage in
            try await stage.endSessions()
        },
        ThrottleScene(
            signal: "oldest-snapshot",
            story: "a transaction keeps its snapshot, then ends",
            limits: [.snapshotAge: .at(1)]
        ) { stage in
            try await stage.connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try await stage.connection.run("SELECT count(*) FROM brake")
        } lower: { stage in
            try await stage.connection.run("ROLLBACK")
        },
        ThrottleScene(
            signal: "commit-latency",
            story: "commit_delay makes commits slow, then not",
            limits: [.commitTime: .at(0.08)]
        ) { stage in
            try await stage.configure(["commit_delay = 100000", "commit_siblings = 0"])
        } lower: { stage in
            try await stage.configure(["commit_delay = 0", "commit_siblings = 5"])
        },
        ThrottleScene(
            signal: "throttle-query",
            story: "a table's flag is set, then not",
            limits: Limits(throttleQuery: "SELECT stop FROM brake")
        ) { stage in
            try await stage.connection.run("UPDATE brake SET stop = true")
        } lower: { stage in
            try await stage.connection.run("UPDATE brake SET stop = false")
        },
        ThrottleScene(signal: "throttle-query", story: "the flag is NULL, then not", limits: [:]) { stage in
            try await stage.connection.run("UPDATE brake SET stop = NULL")
        } lower: { stage in
            try await stage.connection.run("UPDATE brake SET stop = false")
        },
        ThrottleScene(signal: "throttle-query", story: "the table is gone, then back", limits: [:]) { stage in
            try await stage.connection.run("ALTER TABLE brake RENAME TO gone")
        } lower: { stage in
            try await stage.connection.run("ALTER TABLE gone RENAME TO brake")
        },
        .tuned(
            "growth",
            "the heap has grown beyond a limit, and someone takes it away",
            [.growth: .share(0.001)],
            back: [.growth: .off]
        ),
    ]
}
