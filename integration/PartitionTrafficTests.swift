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
