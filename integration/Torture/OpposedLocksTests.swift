import Postgres
import TestSupport
import Testing

extension Torture {
    /// 10,000 transactions that lock 20 rows each in random order, by default and with a deadlock_timeout so short that
    /// the server would look for a deadlock at once: none may become a victim. `LockedRowTests` tries fewer in every run.
    @Suite(.database, .timeLimit(.minutes(20))) struct OpposedLocksTests {
        @Test(.enabled("only in whole size", { Torture.isWhole })) func applicationIsNoVictim() async throws {
            let timeouts: [String?] = [nil, "50ms"]
            let complaints = try await Torture.countedScenario("rows locked in an opposed order", timeouts) { timeout in
                let database = try TestDatabase.current
                let count = try await LockedRowTests.oppose(10_000, deadlockTimeout: timeout, database)
                try await database.run("DROP TABLE account")
                return Outcome(
                    complaints: count.committed == 10_000 ? count.errors : ["\(count.committed) committed"],
                    applicationErrors: count.errors.count
                )
            }
            #expect(complaints == [])
        }
    }
}
