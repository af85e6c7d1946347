import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// A partitioned table under two releases, while rows move from partition to partition and new partitions come.
@Suite(.database, .serialized, .timeLimit(.minutes(20)), .server(from: 15))
struct PartitionTrafficTests {
    private let rows = Size.of(short: 20_000, long: 500_000)

    @Test func renameWhileRowsMoveAndPartitionsCome() async throws {
        let parameters = try TestDatabase.current.parameters
        try await create(parameters)
        let traffic = Traffic(parameters)
        let rename = try Rename(parameters)
        let workload = traffic.workload(old: 4, new: 4)
        try await workload.start()
        let mover = Mover(parameters)
        let moving = Task { try await mover.run() }
        try await rename.through("backfill")
        await workload.startNewRelease()
        mover.usesBothNames()
        try await pause()
        try await rename.through("swap")
        try await pause()
        await workload.stopOldRelease()
        try await pause()
        let tally = await workload.stop()
        mover.stop()
        let moves = try await moving.value
        #expect(moves.count == 20)
        #expect(tally.errors == 0, "\(tally.firstErrors)")
        #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
        #expect(tally.acknowledgedWrites > 100)
        let connection = try await Connection.open(parameters)
        #expect(try await workload.verify(on: connection, through: ["name", "full_name"]) == [])
        for name: Identifier in ["name", "full_name"] {
            let lost: Int = try await connection.value(
                """
                SELECT count(*) FROM unnest(\(moves.values.map { $0 })::text[]) AS moved
                WHERE NOT EXISTS (SELECT FROM account WHERE id < 0 AND \(name) = moved)
                """
            )
            #expect(lost == 0, "\(name)")
        }
        try await rename.through("drop")
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    /// The key, the index and the default of the column are carried on every partition there is by then.
    @Test func changeTypeWhileRowsMoveAndPartitionsCome() async throws {
        let parameters = try TestDatabase.current.parameters
        try await create(parameters)
        try await TestDatabase.current.run("ALTER TABLE account ADD CONSTRAINT twice UNIQUE (name, id)")
        let change = try Change(
            "change-type",
            ["column": "name"],
            ["type": "varchar(200)"],
            parameters
        )
        let workload = Traffic(parameters).workload(old: 6, new: 0)
        try await workload.start()
        let mover = Mover(parameters, pause: .milliseconds(500))
        let moving = Task { try await mover.run() }
        for phase in ["backfill", "swap"] {
            try await change.through(phase)
            try await pause()
        }
        try await change.runner.rollback(Change.name)
        try await pause()
        for phase in ["backfill", "swap", "drop"] {
            try await change.through(phase)
            try await pause()
        }
        let tally = await workload.stop()
        mover.stop()
        let moves = try await moving.value
        // A statement that was prepared before the type changed is prepared again, by the server's own rule.
        #expect(tally.firstErrors.allSatisfy { "\($0)".contains("cached plan must not change result type") })
        #expect(tally.errors <= 3 * 3, "\(tally.firstErrors)")
        #expect(tally.wrongReads == 0, "\(tally.firstWrongReads)")
        #expect(tally.acknowledgedWrites > 100)
        let connection = try await Connection.open(parameters)
        #expect(try await workload.verify(on: connection, through: ["name"]) == [])
        let lost: Int = try await connection.value(
            """
            SELECT count(*) FROM unnest(\(moves.values.map { $0 })::text[]) AS moved
            WHERE NOT EXISTS (SELECT FROM account WHERE id < 0 AND name = moved)
            """
        )
        #expect(lost == 0)
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    @Test func notNullWhileNullsAreWrittenAndPartitionsCome() async throws {
        let parameters = try TestDatabase.current.parameters
        try await create(parameters)
        try await TestDatabase.current.run("UPDATE account SET city = NULL WHERE id % 20 = 0")
        let change = try Change("add-not-null", ["column": "city"], ["fill": "'city of ' || name"], parameters)
        let writers = NullWriters(parameters, rows: rows)
        writers.start(4)
        let mover = Mover(parameters)
        let moving = Task { try await mover.run() }
        for phase in ["backfill", "swap"] {
            try await change.through(phase)
            try await pause()
        }
        try await writers.deployNewRelease()
        try await change.through("drop")
        try await pause()
        let tally = try await writers.stop()
        mover.stop()
        #expect(try await moving.value.count == 20)
        #expect(tally.writes > 100)
        #expect(tally.errors == [])
        #expect(tally.longest <= .milliseconds(200) + Size.noise, "\(tally.longest.inMilliseconds)")
        let connection = try await Connection.open(parameters)
        let nullable: Int = try await connection.value(
            """
            SELECT count(*) FROM pg_partition_tree('account') t JOIN pg_attribute a ON a.attrelid = t.relid
            WHERE a.attname = 'city' AND NOT a.attnotnull
            """
        )
        #expect(nullable == 0)
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    /// By ranges of the key; one partition was a table of its own, with its columns in another order.
    private func create(_ parameters: ConnectionParameters) async throws {
        try await Account.create(rows: rows, on: parameters)
        let connection = try await Connection.open(parameters)
        try await connection.script([
            """
            ALTER TABLE account RENAME TO filled; ALTER INDEX account_name RENAME TO filled_name;
            CREATE TABLE account (name text, id bigint PRIMARY KEY, filler text DEFAULT repeat('-', 70), city text DEFAULT 'nowhere')
              PARTITION BY RANGE (id);
            CREATE INDEX account_by_name ON account (name);
            ALTER TABLE account ATTACH PARTITION filled FOR VALUES FROM (0) TO (MAXVALUE);
            CREATE TABLE below_0 PARTITION OF account FOR VALUES FROM (-1000) TO (0);
            INSERT INTO account (id, name) SELECT -n, 'still ' || n FROM generate_series(1, 900) AS n
            """
        ])
        await connection.close()
    }

    private func pause() async throws {
        try await Task.sleep(for: Size.of(short: .seconds(1), long: .seconds(5)))
    }
}

/// A change of `account` by a runner in this process.
private struct Change {
    static let name = "the-change"

    let runner: Runner
    private let request: ChangeRequest

    init(_ recipe: String, _ columns: [String: String], _ texts: [String: String], _ parameters: ConnectionParameters)
        throws
    {
        var runner = Runner(parameters: parameters) { _ in }
        // Beside other tests each look takes longer, and partitions keep coming.
        runner.lockDeadline = 300
        self.runner = runner
        request = ChangeRequest(
            recipe: try RecipeReader.builtIn(recipe),
            table: "account",
            columns: columns,
            texts: texts,
            name: Self.name
        )
    }

    func through(_ phase: String) async throws { try await runner.start(request, through: phase) }
}
