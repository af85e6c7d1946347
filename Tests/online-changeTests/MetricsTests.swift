import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing

@Suite(.database) struct MetricsTests {
    @Test(
        "What is printed is right for changes that go on, have ended and were never begun, and promtool finds no fault"
    )
    func text() async throws {
        let database = try TestDatabase.current
        try await #expect(
            onlineChange("metrics").output.hasSuffix(
                "\nonline_change_unfinished_changes{database=\"\(database.name)\"} 0\n"
            )
        )
        try await database.run(
            #"CREATE TABLE "a ""b"" \c" (name text); INSERT INTO "a ""b"" \c" SELECT 'n' FROM generate_series(1, 500)"#
        )
        try await onlineChange("rename-column", #""a ""b"" \c""#, "name", "full_name", "--name", "x\ny")
        try await onlineChange("advance", "1")
        try await database.run(#"UPDATE "a ""b"" \c" SET name = 'm' WHERE ctid = (SELECT min(ctid) FROM "a ""b"" \c")"#)
        let labels =
            #"{database="\#(database.name)",change="x\ny",number="1",table="public.a \"b\" \\c","#
            + #"recipe="rename-column""#
        let run = try await onlineChange("metrics")
        #expect(run.code == 0)
        let lines = Set(run.output.split(separator: "\n").map(String.init))
        for line in [
            #"online_change_info\#(labels),state="active",phase="swap"} 1"#,
            #"online_change_phase_reached\#(labels),phase="swap"} 1"#,
            #"online_change_phase_reached\#(labels),phase="drop"} 0"#,
            "online_change_running\(labels)} 0", "online_change_failed\(labels)} 0", "online_change_paused\(labels)} 0",
            "online_change_backfill_rows_total\(labels)} 500", "online_change_backfill_progress_ratio\(labels)} 1",
            "online_change_verified_rows\(labels)} 500", "online_change_verification_differences\(labels)} 0",
            "online_change_legacy_writes_total\(labels)} 1", "# TYPE online_change_legacy_writes_total counter",
        ] {
            #expect(lines.contains(line), "\(line)\nin\n\(run.output)")
        }
        #expect(!run.output.contains("online_change_heartbeat"))
        try await check(run.output)

        try await onlineChange("advance", "1")
        try await database.run("UPDATE online_change.change SET finished_at = now() - interval '6 days'")
        let ended = try await onlineChange("metrics").output
        #expect(ended.contains(#"online_change_info\#(labels),state="finished",phase="drop"} 1"#))
        #expect(ended.contains("online_change_finished_timestamp_seconds\(labels)} "))
        try await check(ended)
        try await database.run("UPDATE online_change.change SET finished_at = now() - interval '8 days'")
        try await #expect(!onlineChange("metrics").output.contains("rename-column"))
    }

    @Test("A runner that was killed counts as running no longer than its last sign of life lasts")
    func deadRunner() async throws {
        let database = try TestDatabase.current
        try await database.run(
            "CREATE TABLE users (name text); INSERT INTO users SELECT 'n' FROM generate_series(1, 9)"
        )
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("pause", "1")
        try await onlineChange("advance", "1") { send in
            try await eventually {
                try await onlineChange("metrics").output.contains("signal=\"pause\"} ")
            }
            let alive = try await onlineChange("metrics").output
            #expect(alive.contains(/online_change_running\{.*\} 1\n/))
            #expect(alive.contains(/online_change_waiting\{.*\} 1\n/))
            try await check(alive)
            try send(.kill)
        }
        // Its last sign was a minute ago.
        try await database.run("UPDATE online_change.change SET heartbeat = to_timestamp(1700000000)")
        let dead = try await onlineChange("metrics").output
        #expect(dead.contains(/online_change_running\{.*\} 0\n/))
        #expect(dead.contains(/online_change_waiting\{.*\} 0\n/))
        #expect(dead.contains(/online_change_heartbeat_timestamp_seconds\{.*\} 1700000000\n/))
        #expect(!dead.contains("held_back"))
        #expect(!dead.contains("remaining"))
        try await check(dead)
    }

    @Test("--output replaces a file whole; if the database can't be read, nothing old is left")
    func file() async throws {
        try await ScratchFolder.with { folder in
            let path = "\(folder.path)/shop.prom"
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            let run = try await onlineChange("metrics", "--output", path)
            #expect(run.code == 0)
            #expect(run.output.isEmpty)
            #expect(folder.text("shop.prom").hasPrefix("# HELP online_change_unfinished_changes "))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["shop.prom"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o644)

            let lost = try await onlineChange("metrics", "--output", path, dsn: "host=127.0.0.1 port=1")
            #expect(lost.code == 69)
            #expect(!FileManager.default.fileExists(atPath: path))
            let device = try await onlineChange("metrics", "--output", "/dev/null")
            #expect(device.code == 78)
            #expect(device.errors.hasPrefix("online-change: /dev/null is no plain file\n"))
            let nowhere = try await onlineChange("metrics", "--output", "\(folder.path)/none/shop.prom")
            #expect(nowhere.code == 78)
            #expect(nowhere.errors.contains("shop.prom can't be written: No such file or directory"))
        }
    }

    /// Has promtool look at it, where it is installed.
    private func check(_ text: String) async throws {
        guard let promtool else { return }
        let ended = try await run(promtool, ["check", "metrics"], typing: text)
        #expect(ended.code == 0, "\(ended.output)\(ended.errors)\n\(text)")
        #expect((ended.output + ended.errors).isEmpty)
    }
}

/// Where the machine, or what setup unpacked for the tests, has promtool.
private let promtool: String? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return [
        package.appending(path: ".build/promtool/usr/bin/promtool").path, "/usr/bin/promtool",
        "/usr/local/bin/promtool",
    ]
    .first(where: FileManager.default.isExecutableFile)
}()
