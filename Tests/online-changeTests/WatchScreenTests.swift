import Foundation
import OnlineChange
import Postgres
import TestSupport
import Testing

@testable import online_change

/// What `status --watch` shows and does on a real terminal, which util-linux's script makes.
@Suite(.database) struct WatchScreenTests {
    /// Runs the watch on a terminal of its own; what is typed is written once the change is seen.
    private func watch(typing keys: String, environment: String = "env -u NO_COLOR TERM=xterm") async throws
        -> CommandRun
    {
        let dsn = try TestDatabase.current.parameters.conninfo ?? ""
        let command =
            "stty rows 24 cols 80; \(environment) \(binary) status 1 --watch --dsn \"$DSN\"; echo rc $?; stty -a"
        return try await run(
            "bash",
            [
                "-c",
                "(sleep 1.5; printf '%s' \"$KEYS\"; sleep 1.5; printf q; sleep 1) | script -qec \"$COMMAND\" /dev/null",
            ],
            environment: ["DSN": dsn, "KEYS": keys, "COMMAND": command]
        )
    }

    @Test("Keys steer the change, and the terminal is given back as it was", .enabled(if: hasScript))
    func keys() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        let seen = try await watch(typing: "p+>")
        #expect(seen.output.contains("\u{1B}[?1049h") && seen.output.contains("\u{1B}[?25l"))
        #expect(seen.output.contains("rc 0"), "\(seen.output)")
        let after = seen.output.split(separator: "\u{1B}[?1049l").last ?? ""
        #expect(
            seen.output.contains("\u{1B}[?25h") && after.contains("limits    paused, batch-time 50 ms, workers 2"),
            "\(after)"
        )
        #expect(after.contains(" icanon") && after.contains(" echo "))
        let status = try await ChangeStatus.read(try TestDatabase.current.parameters, change: "1")[0]
        #expect(status.isPaused && status.limits.workers == 2 && status.limits.batchTime == 0.05)
    }

    @Test("NO_COLOR is honoured", .enabled(if: hasScript))
    func noColour() async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        let coloured = try await watch(typing: "")
        #expect(coloured.output.contains(#/\u{1B}\[[0-9]+m/#))
        let plain = try await watch(typing: "", environment: "env NO_COLOR=1 TERM=xterm")
        #expect(plain.output.contains("\u{1B}[?1049h") && !plain.output.contains(#/\u{1B}\[[0-9]+m/#))
    }
}

private let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")
