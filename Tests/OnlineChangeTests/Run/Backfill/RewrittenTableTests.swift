import OnlineChange
import Postgres
import TestSupport
import Testing

/// Commands that give the table another file, so that its rows lie elsewhere.
@Suite(.database, .timeLimit(.minutes(20)))
struct RewrittenTableTests {
    private static let commands: [SQL] = ["VACUUM FULL t", "CLUSTER t USING t_pkey", "TRUNCATE t"]

    /// 600 rows in 150 blocks, and a trigger that makes each update take a while.
    private func slowTable() async throws -> Connection {
        let connection = try await TestDatabase.current.connect()
        for statement in [
            "CREATE TABLE t (id int PRIMARY KEY, name text, filler text) WITH (fillfactor = 50)",
            "INSERT INTO t SELECT g, 'row ' || g, repeat('x', 900) FROM generate_series(600, 1, -1) g",
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(0.003); RETURN NEW; END $$
            """,
            "CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION slow()",
            "ALTER TABLE t ENABLE ALWAYS TRIGGER slow",
        ] as [SQL] {
            try await connection.script([statement])
        }
        return connection
    }

    /// In the middle of a backfill that someone has paused: it starts over on the new file.
    @Test(arguments: commands)
    func whilePaused(_ command: SQL) async throws {
        let connection = try await slowTable()
        let parameters = try TestDatabase.current.parameters
        try await Rename().through("expand")
        let rename = try Rename()
        let backfill = Task { try await rename.through("backfill") }
        try await eventually(within: .seconds(30)) {
            try await connection.value("SELECT coalesce(max(visited), 0) FROM online_change.backfill_lane") > 0
        }
        _ = try await Control.set(Rename.change, on: parameters, isPaused: true)
        try await eventually(within: .seconds(30)) { rename.isHeld }
        let done: Int = try await connection.value("SELECT count(*) FROM t WHERE full_name IS NOT NULL")
        try #require((1..<600).contains(done))
        try await connection.script([command])
        if command == "TRUNCATE t" {
            try await connection.run("INSERT INTO t (id, full_name) VALUES (1, 'new')")
        }
        try await connection.run("DROP TRIGGER slow ON t")
        _ = try await Control.set(Rename.change, on: parameters, isPaused: false)
        try await backfill.value
        #expect(rename.notices.contains("the table was rewritten meanwhile: the backfill starts over"))
        let rows = command == "TRUNCATE t" ? 1 : 600
        #expect(rename.comparisons == [[rows, 0, 0]])
        try await expectInSync(connection)
        try await rename.through("swap")
        await connection.close()
    }

    @Test(arguments: commands)
    func betweenPhases(_ command: SQL) async throws {
        let connection = try await TestDatabase.current.connect()
        try await connection.script([
            "CREATE TABLE t (id int PRIMARY KEY, name text)",
            "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(2000, 1, -1) g",
        ])
        let rename = try Rename()
        for phase in ["expand", "backfill", "swap", "drop"] {
            try await rename.through(phase)
            try await connection.script([command])
            if phase != "drop" {
                try await connection.run("INSERT INTO t (id, full_name) VALUES (5000, 'a') ON CONFLICT (id) DO NOTHING")
                try await connection.run("UPDATE t SET name = 'b' WHERE id = 5000")
            }
            if phase == "backfill" || phase == "swap" { try await expectInSync(connection) }
        }
        #expect(rename.comparisons.allSatisfy { $0[1] == 0 })
        #expect(try await connection.value("SELECT count(*) FROM t WHERE full_name IS NULL") == 0)
        await connection.close()
    }
}

extension Rename {
    /// Whether the backfill was held back.
    fileprivate var isHeld: Bool {
        events.contains { if case .throttled = $0 { true } else { false } }
    }
}
