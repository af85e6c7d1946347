import Foundation
import Postgres
import TestSupport
import Testing

struct ConnectionTests {
    @Test
    func givesRowsAndCounts() async throws {
        try await withScratchConnection { connection in
            try await connection.run("CREATE TABLE t (id int PRIMARY KEY, name text)")
            let inserted = try await connection.run("INSERT INTO t SELECT n, 'name ' || n FROM generate_series(1, 3) n")
            #expect(inserted.affected == 3)
            #expect(inserted.rows.isEmpty)
            let names = try await connection.run("SELECT id, name FROM t WHERE id > \(1) ORDER BY id").rows
            #expect(try names.map { row in try row["name"] as String } == ["name 2", "name 3"])
            try await #expect(connection.value("SELECT count(*) FROM t") == 3)
        }
    }

    @Test
    func aSingleValueIsOfOneRow() async throws {
        try await withScratchConnection { connection in
            await #expect(throws: PostgresError.decoding("0 rows where one was expected")) {
                _ = try await connection.value("SELECT 1 WHERE false", as: Int.self)
            }
            await #expect(throws: PostgresError.decoding("2 rows where one was expected")) {
                _ = try await connection.value("VALUES (1), (2)", as: Int.self)
            }
            try await #expect(connection.value("SELECT NULL::int", as: Int?.self) == nil)
        }
    }

    @Test
    func serverErrorHasAllItsFieldsAndTheConnectionGoesOn() async throws {
        try await withScratchConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.run(
                    """
                    DO $$ BEGIN
                        RAISE 'it broke' USING ERRCODE = '55P03', DETAIL = 'which part', HINT = 'mend it';
                    END $$
                    """
                )
            }
            guard case .server(let server) = try #require(error) else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(server.state == .lockNotAvailable)
            #expect(server.message == "it broke")
            #expect(server.detail == "which part")
            #expect(server.hint == "mend it")
            #expect(server.context == "PL/pgSQL function inline_code_block line 2 at RAISE")
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test(
        arguments: [
            ("SELEC 1", "42601"),
            ("SELECT * FROM nosuch", "42P01"),
            ("SELECT 1; SELECT 2", "42601"),
            ("SELECT 1/0", "22012"),
        ] as [(SQL, SQLState)]
    )
    func statesOfRefusals(statement: SQL, state: SQLState) async throws {
        try await withScratchConnection { connection in
            let error = await #expect(throws: PostgresError.self) { try await connection.run(Query(statement)) }
            #expect(error?.state == state)
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test
    func anEmptyStatementIsRefused() async throws {
        try await withScratchConnection { connection in
            await #expect(throws: PostgresError.decoding("the statement is empty")) { try await connection.run("-- x") }
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test
    func aTextWithANULIsRefusedWhole() async throws {
        try await withScratchConnection { connection in
            let text = "a\0b"
            for query in ["SELECT length(\(text))", Query("SELECT 1 -- \(literal: text)" as SQL)] as [Query] {
                let error = await #expect(throws: PostgresError.self) { try await connection.run(query) }
                #expect(error?.state == .characterNotInRepertoire)
            }
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test
    func manyValues() async throws {
        try await withScratchConnection { connection in
            var most = Query.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
            most.appendLiteral("SELECT cardinality(ARRAY[0")
            for number in 0..<65_535 {
                most.appendLiteral(", ")
                most.appendInterpolation(number)
                most.appendLiteral("::int")
            }
            var tooMany = most
            most.appendLiteral("])")
            try await #expect(connection.value(Query(stringInterpolation: most)) == 65_536)

            tooMany.appendLiteral(", ")
            tooMany.appendInterpolation(1)
            tooMany.appendLiteral("])")
            let refused = Query(stringInterpolation: tooMany)
            let error = await #expect(throws: PostgresError.self) { try await connection.run(refused) }
            #expect(error?.description == "number of parameters must be between 0 and 65535 [XX000]")
            try await #expect(connection.value("SELECT 1") == 1)
        }
    }

    @Test(arguments: ["COPY t FROM STDIN", "COPY t TO STDOUT"] as [SQL])
    func copyIsRefusedWithoutHanging(statement: SQL) async throws {
        try await withScratchConnection { connection in
            try await connection.run("CREATE TABLE t AS SELECT generate_series(1, 100000) AS n")
            let lost = PostgresError.connectionLost("COPY to or from the client is not supported")
            await #expect(throws: lost) { try await connection.run(Query(statement)) }
            await #expect(throws: PostgresError.connectionLost("the connection is closed")) {
                try await connection.run("SELECT 1")
            }
        }
    }

    @Test
    func aTerminatedBackendIsALostConnection() async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            let other = try await Connection.open(parameters)
            let statement = Task { try await connection.run("SELECT pg_sleep(60)") }
            while try await other.value(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = \(connection.announcedBackend) AND state = 'active'"
            ) == 0 {}
            try await other.run("SELECT pg_terminate_backend(\(connection.announcedBackend))")
            let error = await #expect(throws: PostgresError.self) { try await statement.value }
            #expect(error?.description.contains("terminating connection due to administrator command") == true)
            #expect(error?.isConnectionLost == true)
            let next = await #expect(throws: PostgresError.self) { try await connection.run("SELECT 1") }
            #expect(next?.isConnectionLost == true)
        }
    }

    @Test
    func aBackendTerminatedWhileIdleIsALostConnection() async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            let other = try await Connection.open(parameters)
            try await other.run("SELECT pg_terminate_backend(\(connection.announcedBackend), 5000)")
            let error = await #expect(throws: PostgresError.self) { try await connection.run("SELECT 1") }
            #expect(error?.isConnectionLost == true)
        }
    }

    @Test
    func aClosedConnectionRunsNothing() async throws {
        try await withScratchConnection { connection in
            await connection.close()
            await connection.close()
            await #expect(throws: PostgresError.connectionLost("the connection is closed")) {
                try await connection.run("SELECT 1", cancellable: false)
            }
        }
    }

    @Test
    func backendsEndWithTheirConnections() async throws {
        try await withScratchDatabase { parameters in
            let watcher = try await Connection.open(parameters)
            let count: Query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            do {
                var dropped: [Connection] = []
                for _ in 0..<20 { dropped.append(try await Connection.open(parameters)) }
                try await #expect(dropped[0].value("SELECT 1") == 1)
                try await #expect(watcher.value(count) == 21)
            }
            try await eventually { try await watcher.value(count) == 1 }
        }
    }

    @Test
    func callsOfManyTasksTakeTurns() async throws {
        try await withScratchConnection { connection in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...200 { group.addTask { try await connection.value("SELECT \(number)::int") } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 20_100)
        }
    }

    @Test
    func waitingStatementsOccupyNoSharedThread() async throws {
        try await withScratchDatabase { parameters in
            let count = 3 * ProcessInfo.processInfo.activeProcessorCount
            var connections: [Connection] = []
            for _ in 0..<count { connections.append(try await Connection.open(parameters)) }
            try await connections[0].run("SELECT pg_advisory_lock(1)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in connections.dropFirst() {
                    group.addTask { try await connection.run("SELECT pg_advisory_lock_shared(1)") }
                }
                try await eventually {
                    try await connections[0].value("SELECT count(*) FROM pg_locks WHERE NOT granted") == count - 1
                }
                try await connections[0].run("SELECT pg_advisory_unlock(1)")
                try await group.waitForAll()
            }
        }
    }

    @Test
    func timeOfRoundTrips() async throws {
        try await withScratchConnection { connection in
            let time = try await ContinuousClock().measure {
                for _ in 0..<1000 { try await connection.run("SELECT 1") }
            }
            print("1000 round trips: \(time)")
        }
    }
}

extension PostgresError {
    var isConnectionLost: Bool {
        if case .connectionLost = self { true } else { false }
    }
}
