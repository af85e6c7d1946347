import OnlineChange
import Postgres
import TestSupport
import Testing

@testable import Oracles

/// 300 random statements by either name from three sessions while the rename goes through its phases.
@Suite(.database, .timeLimit(.minutes(20)))
struct RandomWritesTests {
    private static let sessions = 3
    private static let statementsEach = 100
    private static let keys = 40

    @Test func neverTwoImagesAndNoError() async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("random writes: seed \(seed)")
        let observer = try await TestDatabase.current.connect()
        try await observer.script([
            "CREATE TABLE t (id int PRIMARY KEY, name numeric, n int)",
            "INSERT INTO t SELECT g, g::numeric FROM generate_series(1, \(Self.keys / 2)) g",
        ])
        let rename = try Rename()
        try await rename.through("expand")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.sessions {
                group.addTask { try await Self.write(RandomWrites(seed: seed &+ UInt64(number)), seed: seed) }
            }
            group.addTask {
                try await rename.through("backfill")
                for _ in 1...20 { try await Self.observe(observer, seed: seed) }
                try await rename.through("swap")
                for _ in 1...20 { try await Self.observe(observer, seed: seed) }
            }
            try await group.waitForAll()
        }
        try await Self.observe(observer, seed: seed)
        #expect(await rename.failureOfVerify(repair: false) == nil, "seed \(seed)")
        try await rename.through("drop")
        await observer.close()
    }

    private static func write(_ writes: RandomWrites, seed: UInt64) async throws {
        var writes = writes
        let connection = try await TestDatabase.current.connect()
        for _ in 0..<statementsEach {
            let statement = writes.next(keys: keys)
            do {
                try await connection.script([statement])
            } catch {
                Issue.record("seed \(seed): \(statement): \(error)")
            }
            try await Task.sleep(for: .milliseconds(4))
        }
        await connection.close()
    }

    private static func observe(_ connection: Connection, seed: UInt64) async throws {
        let different: Int = try await connection.value(
            """
            SELECT count(*) FROM t
            WHERE ROW(name)::record OPERATOR(pg_catalog.*<>) ROW(full_name)::record
            """
        )
        #expect(different == 0, "seed \(seed)")
    }
}

/// Statements that no state of the table makes fail.
private struct RandomWrites {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func next(keys: Int) -> SQL {
        let id = Int.random(in: 1...keys, using: &generator)
        let name: Identifier = Bool.random(using: &generator) ? "name" : "full_name"
        let other: Identifier = Bool.random(using: &generator) ? "name" : "full_name"
        // Few values, of which some are equal and not the same.
        let value: SQL = ["1", "1.0", "1.00", "2", "NULL", "'NaN'"].randomElement(using: &generator) ?? "1"
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return "DELETE FROM t WHERE id = \(id)"
        case 1: return "INSERT INTO t (id, \(name)) VALUES (\(id), \(value)) ON CONFLICT DO NOTHING"
        case 2:
            return """
                INSERT INTO t (id, \(name)) VALUES (\(id), \(value)) ON CONFLICT (id) DO UPDATE SET \(other) = EXCLUDED.\(name)
                """
        case 3: return "UPDATE t SET name = \(value), full_name = \(id) WHERE id = \(id)"
        case 4: return "UPDATE t SET \(name) = \(other) + 1 WHERE id = \(id)"
        case 5: return "UPDATE t SET n = \(id) WHERE id = \(id)"
        case 6: return "INSERT INTO t (id, name, full_name) VALUES (\(id), \(value), 7) ON CONFLICT DO NOTHING"
        case 7: return "UPDATE t SET \(name) = u.\(other) FROM t u WHERE u.id = \(keys - id) AND t.id = \(id)"
        default: return "UPDATE t SET \(name) = \(value) WHERE id = \(id)"
        }
    }
}
