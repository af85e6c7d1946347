import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct LockModeTests {
    @Test(
        "The holders that a mode waits for are those that the server makes it wait for",
        arguments: [
            LockMode.shareUpdateExclusive, .shareRowExclusive, .accessExclusive,
        ]
    )
    func conflicts(mode: LockMode) async throws {
        let holders: [(SQL, String)] = [
            ("ACCESS SHARE", "AccessShareLock"), ("ROW SHARE", "RowShareLock"), ("ROW EXCLUSIVE", "RowExclusiveLock"),
            ("SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock"), ("SHARE", "ShareLock"),
            ("SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock"), ("EXCLUSIVE", "ExclusiveLock"),
            ("ACCESS EXCLUSIVE", "AccessExclusiveLock"),
        ]
        try await TestDatabase.current.run("CREATE TABLE users ()")
        let holder = try await TestDatabase.current.connect()
        let asker = try await TestDatabase.current.connect()
        for (held, name) in holders {
            try await holder.run("BEGIN")
            try await holder.run("LOCK TABLE users IN \(held) MODE")
            try await asker.run("BEGIN")
            let waits = try await waits(mode, on: asker)
            #expect(waits == mode.conflicting.contains(name), "\(mode) behind \(name)")
            try await asker.run("ROLLBACK")
            try await holder.run("ROLLBACK")
        }
        await holder.close()
        await asker.close()
    }

    private func waits(_ mode: LockMode, on connection: Connection) async throws -> Bool {
        let asked: SQL = "LOCK TABLE users IN \(server: mode.rawValue) MODE NOWAIT"
        do {
            try await connection.run(Query(asked))
            return false
        } catch {
            guard error.state == .lockNotAvailable else { throw error }
            return true
        }
    }
}
