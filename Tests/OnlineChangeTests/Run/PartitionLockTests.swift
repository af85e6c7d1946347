import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// Locks on a partitioned table are locks on every partition, and its budget is that of all together.
@Suite(.database, .timeLimit(.minutes(5)), .server(from: 15)) struct PartitionLockTests {
    @Test("Behind an old reader of one partition nobody queues")
    func readerOfOnePartition() async throws {
        let database = try TestDatabase.current
        try await create(partitions: 3, in: database)
        let reader = try await database.connect()
        try await reader.run("BEGIN")
        try await reader.run("SELECT count(*) FROM part_2")
        try await Task.sleep(for: .milliseconds(1200))
        let pid: Int = try await reader.value("SELECT pg_backend_pid()")
        let failure = try #require(await expand(in: database, timeout: 100, deadline: 1))
        #expect(failure.kind == .notNow)
        #expect(failure.message.contains("(0 attempts). In the way: pid \(pid) "))
        await reader.close()
    }

    @Test("Work for many partitions that takes longer than the budget is undone, and done with a larger one")
    func manyPartitions() async throws {
        let database = try TestDatabase.current
        try await create(partitions: 400, in: database)
        let note = try await AskedRename().plan().findings.map(\.message).filter { $0.contains("--lock-timeout") }
        #expect(note.count == 1)
        #expect(note.first?.contains("each of its 400 partitions under one lock, for some 240 ms") == true)
        let failure = try #require(await expand(in: database, timeout: 20, deadline: 1))
        #expect(failure.kind == .notNow)
        let columns: Int = try await database.value(
            "SELECT count(*) FROM pg_attribute WHERE attname = 'full_name' AND attrelid = 'users'::regclass"
        )
        #expect(columns == 0)
        #expect(await expand(in: database, timeout: 5000, deadline: 30) == nil)
    }

    private func create(partitions: Int, in database: TestDatabase) async throws {
        try await database.run(
            """
            CREATE TABLE users (id integer, name text) PARTITION BY LIST (id);
            DO 'BEGIN FOR n IN 1..\(partitions) LOOP
              EXECUTE format(''CREATE TABLE part_%s PARTITION OF users FOR VALUES IN (%s)'', n, n); END LOOP; END'
            """
        )
    }

    private func expand(in database: TestDatabase, timeout: Int, deadline: Double) async -> Failure? {
        do {
            var runner = Runner(parameters: database.parameters) { _ in }
            runner.lockTimeout = timeout
            runner.lockDeadline = deadline
            let request = ChangeRequest(
                recipe: try RecipeReader.builtIn("rename-column"),
                table: "users",
                columns: ["from": "name", "to": "full_name"]
            )
            try await runner.start(request, through: "expand")
            return nil
        } catch {
            return Failure(error)
        }
    }
}
