import Foundation
import OnlineChange
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

/// A vacuum works on the table when DDL is due.
@Suite(.timeLimit(.minutes(20)))
struct VacuumTests {
    /// A VACUUM that someone runs by hand gives way to nobody: it is waited for, and nobody else waits.
    @Test(.database) func vacuumByHandIsWaitedFor() async throws {
        let parameters = try TestDatabase.current.parameters
        let rows = 20_000
        try await Account.create(rows: rows, on: parameters)
        let baseline = try await Probe.during(parameters, rows: rows) { try await Task.sleep(for: .seconds(2)) }
        let rename = try Rename(parameters)
        let connection = try await Connection.open(parameters)
        try await connection.run("UPDATE account SET city = city || '.'")
        try await connection.run("SELECT set_config('vacuum_cost_delay', '50', false)")
        try await connection.run("SELECT set_config('vacuum_cost_limit', '40', false)")
        let waits = try await Probe.during(parameters, rows: rows) {
            let vacuum = Task {
                try await connection.run("VACUUM (INDEX_CLEANUP ON) account")
                return ContinuousClock.now
            }
            try await Task.sleep(for: .milliseconds(200))
            try await rename.through("expand")
            let done = ContinuousClock.now
            let vacuumed = try await vacuum.value
            #expect(done >= vacuumed - .milliseconds(100), "the vacuum was disturbed or not there")
        }
        await connection.close()
        #expect(rename.events.text.contains("VACUUM (INDEX_CLEANUP ON) account"), "\(rename.events.text)")
        #expect(waits.errors == [])
        #expect(waits.longest <= .milliseconds(100) + baseline.longest + Size.noise)
    }

    /// An autovacuum gives way to whoever has waited a second for a lock that disturbs no one else.
    ///
    /// The one of 14.1 is over within that second, whatever its cost settings say.
    @Test(.server(from: 15)) func autovacuumGivesWay() async throws {
        let cluster = try await ThrowawayCluster.start(settings: [
            "autovacuum_naptime": "1", "autovacuum_vacuum_cost_delay": "100", "autovacuum_vacuum_cost_limit": "20",
            "shared_buffers": "16MB", "log_autovacuum_min_duration": "0",
        ])
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        let rows = 20_000
        try await Account.create(rows: rows, on: parameters)
        let baseline = try await Probe.during(parameters, rows: rows) { try await Task.sleep(for: .seconds(2)) }
        let connection = try await Connection.open(parameters)
        try await connection.run("UPDATE account SET city = city || '.'")
        try await eventually(within: .seconds(30)) {
            try await connection.value(
                """
                SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = 'account'::regclass)
                """
            )
        }
        let rename = try Rename(parameters)
        let start = ContinuousClock.now
        let waits = try await Probe.during(parameters, rows: rows) { try await rename.through("expand") }
        let took = ContinuousClock.now - start
        await connection.close()
        // Deadlock_timeout is a second; left alone, this vacuum takes minutes.
        #expect(took < .seconds(8), "\(rename.events.text)")
        #expect(took > .milliseconds(900), "there was no autovacuum to give way: \(rename.events.text)")
        #expect(waits.errors == [])
        #expect(waits.longest <= .milliseconds(100) + baseline.longest + Size.noise)
        let log = try String(contentsOfFile: cluster.logFile, encoding: .utf8)
        #expect(log.contains("canceling autovacuum task"))
        try await cluster.destroy()
    }
}
