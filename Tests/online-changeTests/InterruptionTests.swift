import Postgres
import Subprocess
import TestSupport
import Testing

@Suite(.database) struct InterruptionTests {
    @Test(
        "A signal in the middle of the backfill ends the run cleanly, and the same command goes on",
        arguments: [Signal.interrupt, .terminate]
    )
    func signals(signal: Signal) async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text) WITH (fillfactor = 10);
            INSERT INTO users SELECT 'name ' || i FROM generate_series(1, 60000) i
            """
        )
        let database = try TestDatabase.current
        try await onlineChange("rename-column", "users", "name", "full_name", "--through", "expand")
        try await onlineChange("tune", "1", "--batch-time", "1")
        let connection = try await database.connect()
        let run = try await onlineChange("rename-column", "users", "name", "full_name") { send in
            try await eventually {
                try await connection.value("SELECT coalesce(sum(rows), 0) > 0 FROM online_change.backfill_lane")
            }
            try send(signal)
        }
        await connection.close()
        #expect(run.code == 130)
        #expect(run.errors.hasPrefix("online-change: interrupted\n"))
        let done: Int = try await database.value("SELECT sum(rows)::bigint FROM online_change.backfill_lane")
        #expect((1..<60000).contains(done))
        try await #expect(database.value("SELECT count(full_name) FROM users") == done)

        try await onlineChange("tune", "1", "--batch-time", "25")
        let again = try await onlineChange("rename-column", "users", "name", "full_name")
        #expect(again.code == 0)
        #expect(again.output.contains("the backfill goes on where it stopped"))
        try await #expect(database.value("SELECT sum(rows)::bigint FROM online_change.backfill_lane") == 60000)
    }
}
