import Foundation
import Postgres
import TestSupport
import Testing

/// A closed laptop, a lost connection: the terminal goes while the command runs.
@Suite(.database, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct LostTerminalTests {
    @Test("A run ends cleanly with its terminal, and somebody else goes on with it by its name")
    func hangup() async throws {
        let database = try TestDatabase.current
        try await prepare(database)
        let ending = try await onTerminal([binary]) { hangUp in
            try await eventually {
                try await database.value("SELECT coalesce(sum(rows), 0) > 0 FROM online_change.backfill_lane")
            }
            try hangUp()
        }
        #expect(ending == "exited with 130\n")
        let done: Int = try await database.value("SELECT sum(rows)::bigint FROM online_change.backfill_lane")
        #expect((1..<60000).contains(done))
        // It has let go of the change, which a process that just died would not have.
        try await #expect(
            database.value("SELECT heartbeat IS NULL AND error = 'interrupted' FROM online_change.change")
        )
        try await onlineChange("tune", "1", "--batch-time", "25")
        let again = try await onlineChange("advance", "users.name-to-full_name")
        #expect(again.code == 0)
        try await #expect(database.value("SELECT sum(rows)::bigint FROM online_change.backfill_lane") == 60000)
    }

    @Test("A run that was told to outlive its terminal, as nohup does, goes on without it")
    func nohup() async throws {
        let database = try TestDatabase.current
        try await prepare(database)
        let ending = try await onTerminal(["/bin/sh", "-c", #"trap '' HUP; exec "$0" "$@""#, binary]) { hangUp in
            try await eventually {
                try await database.value("SELECT coalesce(sum(rows), 0) > 0 FROM online_change.backfill_lane")
            }
            try hangUp()
            try await Task.sleep(for: .milliseconds(100))
            try await onlineChange("tune", "1", "--batch-time", "25")
        }
        #expect(ending == "exited with 0\n")
        try await #expect(database.value("SELECT phase FROM online_change.change") == "backfill")
    }

    @Test("A reader that goes away ends the run like any other program, and cleanly")
    func reader() async throws {
        let database = try TestDatabase.current
        try await prepare(database)
        let run = try await run(
            "/bin/bash",
            [
                "-c", #""$0" advance 1 --json --dsn "$1" | head -n 3 >/dev/null; echo "${PIPESTATUS[0]}""#, binary,
                database.dsn,
            ]
        )
        #expect(run.output == "141\n")
        try await #expect(database.value("SELECT heartbeat IS NULL FROM online_change.change"))
    }

    private func prepare(_ database: TestDatabase) async throws {
        try await database.run(
            """
            CREATE TABLE users (name text) WITH (fillfactor = 10);
            INSERT INTO users SELECT 'name ' || i FROM generate_series(1, 60000) i
            """
        )
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("tune", "1", "--batch-time", "1")
    }

    /// Runs `advance 1` on a terminal of its own, and says how it ended.
    private func onTerminal(
        _ command: [String],
        meanwhile: @Sendable (_ hangUp: @Sendable () throws -> Void) async throws -> Void
    ) async throws -> String {
        try await ScratchFolder.with { folder in
            let ended = try await run(
                "/usr/bin/python3",
                ["-c", Self.terminal, "\(folder.path)/gone"] + command
                    + ["advance", "1", "--dsn", try TestDatabase.current.dsn]
            ) { _ in
                try await meanwhile { try Data().write(to: URL(fileURLWithPath: "\(folder.path)/gone")) }
            }
            return ended.output + ended.errors
        }
    }

    /// Reads what a command prints on a terminal until a file is there; then the terminal goes.
    private static let terminal = """
        import os, pty, select, sys
        child, terminal = pty.fork()
        if child == 0:
            os.execv(sys.argv[2], sys.argv[2:])
        while not os.path.exists(sys.argv[1]):
            if select.select([terminal], [], [], 0.01)[0]:
                os.read(terminal, 4096)
        os.close(terminal)
        status = os.waitpid(child, 0)[1]
        print("exited with", os.waitstatus_to_exitcode(status))
        """
}
