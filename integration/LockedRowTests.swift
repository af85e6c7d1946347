import OnlineChange
import Postgres
import TestSupport
import Testing

/// Rows that an application has locked or is about to lock while the backfill writes them.
@Suite(.database, .timeLimit(.minutes(20)))
struct LockedRowTests {
    private let rows = 30_000

    /// Someone holds a row and does nothing: the backfill goes round it, and the comparison mends it afterwards.
    @Test func heldRowIsLeftToTheComparison() async throws {
        let parameters = try TestDatabase.current.parameters
        try await Account.create(rows: rows, on: parameters)
        let rename = try Rename(parameters, limits: [.batchTime: .at(0.005)])
        try await rename.through("expand")
        let holder = try await Connection.open(parameters)
        try await holder.run("BEGIN")
        try await holder.run("SELECT id FROM account WHERE id % 5000 = 0 ORDER BY id FOR UPDATE")
        let run = Task { try await rename.through("backfill") }
        let observer = try await Connection.open(parameters)
        try await eventually(within: .seconds(30)) { try await BackfillPosition.read(observer)?.isComplete ?? false }
        // Every row but those six was written, without waiting for the holder.
        #expect(try await BackfillPosition.read(observer)?.rows == rows - rows / 5000)
        try await holder.run("COMMIT")
        try await run.value
        #expect(rename.events.text.contains("locked rows"), "\(rename.events.text)")
        let repaired = rename.events.all.compactMap { event -> Int? in
            if case .verified(_, _, let repaired) = event { repaired } else { nil }
        }
        #expect(repaired.reduce(0, +) == rows / 5000)
        #expect(try await Account.damaged(rows: rows, by: "full_name", on: parameters) == 0)
        await holder.close()
        await observer.close()
    }

    /// Transactions that lock many rows in any order meet batches that lock them in the heap's order. A deadlock must
    /// never cost the application its transaction, however short its deadlock_timeout. `ONLINE_CHANGE_TRANSACTIONS` says
    /// how many.
    @Test(arguments: [nil, "50ms"]) func applicationIsNoDeadlocksVictim(_ timeout: String?) async throws {
        let transactions = Seed.number("ONLINE_CHANGE_TRANSACTIONS") ?? 2_000
        let counts = try await Self.oppose(transactions, deadlockTimeout: timeout, TestDatabase.current)
        #expect(counts.committed == transactions)
        #expect(counts.errors == [])
    }

    /// What became of so many transactions of eight clients while one backfill after another is at work.
    static func oppose(_ transactions: Int, deadlockTimeout: String?, _ database: TestDatabase) async throws
        -> (committed: Int, errors: [String])
    {
        try await Account.create(rows: 4_000, on: database.parameters)
        let each = transactions / 8
        let counts = Counts()
        try await withRole { role in
            try await database.run("GRANT SELECT, UPDATE ON account TO \(role)")
            if let deadlockTimeout {
                try await database.run("ALTER ROLE \(role) SET deadlock_timeout = \(literal: deadlockTimeout)")
            }
            let application = try await database.parameters(as: role)
            try await withThrowingDiscardingTaskGroup { group in
                for client in 0..<8 {
                    group.addTask {
                        let (committed, errors) = try await update(application, client: client, times: each)
                        await counts.add(committed, errors)
                    }
                }
                group.addTask {
                    while await counts.transactions < 8 * each {
                        let rename = try Rename(
                            database.parameters,
                            limits: [.batchTime: .at(0.1), .workers: .at(2)]
                        )
                        try await rename.through("backfill")
                        try await rename.rollback()
                    }
                }
            }
        }
        return (await counts.committed, await counts.errors)
    }

    /// Transactions of 20 rows each, in random order; no two clients share a row, so only we can be in their way.
    private static func update(
        _ parameters: ConnectionParameters,
        client: Int,
        times: Int
    ) async throws -> (Int, [String]) {
        let connection = try await Connection.open(parameters)
        var committed = 0
        var errors: [String] = []
        for _ in 0..<times {
            do {
                try await connection.run("BEGIN")
                for _ in 0..<20 {
                    let key = Int.random(in: 0..<500) * 8 + client + 1
                    try await connection.run("UPDATE account SET city = city || '' WHERE id = \(key)")
                }
                try await connection.run("COMMIT")
                committed += 1
            } catch {
                errors.append("\(error)")
                try await connection.run("ROLLBACK")
            }
        }
        await connection.close()
        return (committed, errors)
    }
}

private actor Counts {
    private(set) var committed = 0
    private(set) var errors: [String] = []
    var transactions: Int { committed + errors.count }

    func add(_ committed: Int, _ errors: [String]) {
        self.committed += committed
        self.errors += errors
    }
}
