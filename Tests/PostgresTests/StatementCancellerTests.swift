import Postgres
import TestSupport
import Testing

struct StatementCancellerTests {
    @Test
    func cancellingTheTaskCancelsTheStatement() async throws {
        try await withScratchConnection { connection in
            let clock = ContinuousClock()
            var times: [Duration] = []
            for _ in 0..<5 {
                let task = Task { try await connection.run("SELECT pg_sleep(60)") }
                try await Task.sleep(for: .milliseconds(100))
                let start = clock.now
                task.cancel()
                await #expect(throws: PostgresError.cancelled) { try await task.value }
                times.append(start.duration(to: clock.now))
            }
            // The median, as the machine has other tests to run at the same time.
            #expect(times.sorted()[2] < .milliseconds(200))
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test
    func theNextStatementIsUntouched() async throws {
        try await withScratchConnection { connection in
            var endings: [String: Int] = [:]
            for _ in 0..<200 {
                // The statement takes 10 ms: some cancellations come before it, some during, some at its very end.
                let task = Task { try await connection.run("SELECT pg_sleep(0.01)") }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...14_000)))
                task.cancel()
                async let next = connection.run("SELECT pg_sleep(0.02)")
                switch await task.result {
                case .success: endings["finished", default: 0] += 1
                case .failure(PostgresError.cancelled): endings["cancelled", default: 0] += 1
                case .failure(let error): Issue.record(error)
                }
                _ = try await next
            }
            print("200 cancellations: \(endings)")
        }
    }

    @Test
    func aStatementBehindACancelledOneIsUntouched() async throws {
        try await withScratchConnection { connection in
            for _ in 0..<10 {
                let task = Task { try await connection.run("SELECT pg_sleep(60)") }
                try await Task.sleep(for: .milliseconds(10))
                task.cancel()
                // Longer than the pause between two requests: one that is still under way would hit it.
                try await connection.run("SELECT pg_sleep(0.12)")
                await #expect(throws: PostgresError.cancelled) { try await task.value }
            }
        }
    }

    @Test
    func aCancellationAtTheVeryStartIsNotLost() async throws {
        try await withScratchConnection { connection in
            for turn in 0..<300 {
                let task = Task { try await connection.run("SELECT pg_sleep(60)") }
                for _ in 0..<turn % 100 { await Task.yield() }
                task.cancel()
                await #expect(throws: PostgresError.cancelled) { try await task.value }
            }
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test
    func aStatementThatMustNotBeCancelledIsNot() async throws {
        try await withScratchConnection { connection in
            let task = Task { try await connection.run("SELECT pg_sleep(0.3), 7 AS n", cancellable: false) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            #expect(try await task.value.rows[0]["n"] == 7)
        }
    }

    @Test
    func aCancelledTaskStartsNothing() async throws {
        try await withScratchConnection { connection in
            try await connection.run("CREATE TABLE t (n int)")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                await #expect(throws: PostgresError.cancelled) { try await connection.run("INSERT INTO t VALUES (1)") }
                try await connection.run("INSERT INTO t VALUES (2)", cancellable: false)
            }
            task.cancel()
            try await task.value
            try await #expect(connection.value("SELECT n FROM t") == 2)
        }
    }

    @Test
    func manyAreCancelledAtOnce() async throws {
        try await withScratchDatabase { parameters in
            let connections = try await withThrowingTaskGroup(of: Connection.self) { group in
                for _ in 0..<40 { group.addTask { try await Connection.open(parameters) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await withTaskGroup { group in
                for connection in connections {
                    group.addTask {
                        await #expect(throws: PostgresError.cancelled) {
                            try await connection.run("SELECT pg_sleep(60)")
                        }
                    }
                }
                try? await Task.sleep(for: .milliseconds(300))
                group.cancelAll()
            }
            for connection in connections { try await #expect(connection.value("SELECT 1") == 1) }
        }
    }

    @Test
    func aCancellationThatIsNotOursIsTheServersError() async throws {
        try await withScratchConnection { connection in
            try await connection.run("SET statement_timeout = '50ms'")
            let error = await #expect(throws: PostgresError.self) { try await connection.run("SELECT pg_sleep(60)") }
            #expect(error?.state == .queryCanceled)
        }
    }
}
