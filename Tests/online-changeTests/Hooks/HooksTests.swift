import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing

@Suite(.database) struct HooksTests {
    @Test("A hook stops a swap before anything is touched; once it agrees, the same command goes on")
    func stopsASwap() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada')")
        try await onlineChange("rename-column", "users", "name", "full_name")
        let before = try await state(of: database)
        try await ScratchFolder.with { folder in
            try folder.script("before-swap", "echo 'looked at' >&2; echo 'a freeze until Monday' >&2; exit 3")
            let stopped = try await onlineChange("advance", "1", "--hooks", folder.path)
            #expect(stopped.code == 75)
            #expect(
                stopped.errors.contains("the hook before-swap stopped swap: it ended with 3: a freeze until Monday\n")
            )
            try await #expect(state(of: database) == before)
            try await #expect(
                database.value("SELECT what FROM online_change.audit ORDER BY id DESC LIMIT 1", as: String.self)
                    .hasPrefix("swap not begun: the hook before-swap stopped swap: it ended with 3")
            )
            let status = try await onlineChange("status")
            #expect(status.output.contains("stopped   the hook before-swap stopped swap: it ended with 3"))

            try folder.script("before-swap", "exit 0")
            let agreed = try await onlineChange("advance", "1", "--hooks", folder.path)
            #expect(agreed.code == 0)
            #expect(agreed.output.contains("swap reached."))
        }
    }

    @Test("Hooks get facts and the event, in order, and no password; one that fails is a notice")
    func facts() async throws {
        let database = try TestDatabase.current
        try await database.run(#"CREATE TABLE "Users" (name text)"#)
        try await ScratchFolder.with { folder in
            let tell =
                #"{ echo "$ONLINE_CHANGE_EVENT/$ONLINE_CHANGE_PHASE/$ONLINE_CHANGE_TABLE"; cat; env; } >> "$0.log""#
            for name in ["before-expand", "phase-ready", "rolled-back"] { try folder.script(name, tell) }
            try folder.script("phase-started", "echo 'no such host' >&2; exit 7")
            let run = try await run(
                binary,
                ["rename-column", "\"Users\"", "name", "full_name", "--through", "expand", "--dsn", database.dsn],
                environment: ["ONLINE_CHANGE_HOOKS": folder.path, "PGPASSWORD": "geheim"]
            )
            #expect(run.code == 0)
            #expect(run.output.contains("the hook phase-started ended with 7: no such host\n"))
            let ready = folder.text("phase-ready.log")
            #expect(ready.hasPrefix("phase-ready/expand/public.Users\n{\"change\":"))
            #expect(ready.contains("\"event\":\"phase-reached\""))
            #expect(ready.contains("ONLINE_CHANGE_NEXT=online-change advance "))
            #expect(!ready.contains("geheim"))
            #expect(!ready.contains("ONLINE_CHANGE_HOOKS"))
            #expect(folder.text("before-expand.log").hasPrefix("before-expand/expand/public.Users\n"))

            let back = try await onlineChange("rollback", "1", "--hooks", folder.path)
            #expect(back.code == 0)
            #expect(folder.text("rolled-back.log").hasPrefix("rolled-back//public.Users\n"))
        }
    }

    @Test("A hook that does not end is ended, with what it has started")
    func timeLimit() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text)")
        try await ScratchFolder.with { folder in
            try folder.script("before-expand", #"sleep 60 & echo $! > "$0.child"; echo $$ > "$0.pid"; wait"#)
            try folder.script("failed", #"echo "$ONLINE_CHANGE_EXIT_CODE $ONLINE_CHANGE_CHANGE" > "$0.log""#)
            let run = try await onlineChange(
                "rename-column",
                "users",
                "name",
                "full_name",
                "--hooks",
                folder.path,
                "--hook-timeout",
                "1s"
            )
            #expect(run.code == 75)
            #expect(run.errors.contains("the hook before-expand stopped expand: it did not end within 1s\n"))
            #expect(folder.text("failed.log") == "75 users.name-to-full_name\n")
            for file in ["before-expand.child", "before-expand.pid"] {
                let pid = try #require(pid_t(folder.text(file).trimmingCharacters(in: .newlines)))
                try await eventually { kill(pid, 0) != 0 || isZombie(pid) }
            }
        }
    }

    @Test("While a hook is asked no lock and no transaction is held; Ctrl-C ends it, and the run")
    func interrupted() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE users (name text)")
        try await ScratchFolder.with { folder in
            try folder.script("before-expand", #"echo $$ > "$0.pid"; exec sleep 60"#)
            let run = try await onlineChange("rename-column", "users", "name", "full_name", "--hooks", folder.path) {
                send in
                try await eventually { !folder.text("before-expand.pid").isEmpty }
                try await #expect(
                    database.value("SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass", as: Int.self)
                        == 0
                )
                try await #expect(
                    database.value(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND state = 'idle in transaction'
                        """,
                        as: Int.self
                    ) == 0
                )
                try await eventually {
                    try await database.value(
                        "SELECT coalesce(waiting = 'an answer: may expand begin?', false) FROM online_change.change"
                    )
                }
                try send(.interrupt)
            }
            #expect(run.code == 130)
            let pid = try #require(pid_t(folder.text("before-expand.pid").trimmingCharacters(in: .newlines)))
            try await eventually { kill(pid, 0) != 0 || isZombie(pid) }
        }
    }

    @Test("The backfill does not wait for hooks, and they don't pile up")
    func besideTheWork() async throws {
        let database = try TestDatabase.current
        try await database.run(
            "CREATE TABLE users (name text); INSERT INTO users SELECT 'n' || i FROM generate_series(1, 1000) i"
        )
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("pause", "1")
        try await ScratchFolder.with { folder in
            try folder.script(
                "throttled",
                #"echo throttled >> "$0.log"; for i in $(seq 250); do test -e "$0.end" && exit; sleep 0.1; done"#
            )
            try folder.script("released", #"echo released >> "$0.log""#)
            try folder.script("phase-ready", #"echo ready >> "$0.log""#)
            let run = try await onlineChange("advance", "1", "--hooks", folder.path) { _ in
                try await eventually { folder.text("throttled.log") == "throttled\n" }
                try await onlineChange("resume", "1")
                // The first hook still waits when the phase is reached.
                try await eventually {
                    try await database.value(
                        "SELECT EXISTS (SELECT FROM online_change.change WHERE phase = 'backfill')"
                    )
                }
                #expect(folder.text("phase-ready.log").isEmpty)
                _ = FileManager.default.createFile(atPath: "\(folder.path)/throttled.end", contents: nil)
            }
            #expect(run.code == 0)
            #expect(folder.text("released.log") == "released\n")
            #expect(folder.text("phase-ready.log") == "ready\n")
        }
    }

    /// The columns of the table, its triggers and the change's steps and phase.
    private func state(of database: TestDatabase) async throws -> String {
        try await database.value(
            """
            SELECT (SELECT string_agg(attname || attnum, ',' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = 'users'::regclass AND attnum > 0)
              || (SELECT string_agg(tgname || xmin, ',' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = 'users'::regclass)
              || (SELECT string_agg(concat(s), ',' ORDER BY position) FROM online_change.step s)
              || (SELECT phase || state || (finished_at IS NULL) FROM online_change.change)
            """
        )
    }

    private func isZombie(_ pid: pid_t) -> Bool {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return stat.isEmpty || stat.contains(") Z")
    }
}
