import OnlineChange
import Postgres
import TestSupport
import Testing

/// Values that the other type can't hold, or not as they are: none is lost, and none makes a statement fail.
@Suite(.database, .timeLimit(.minutes(20)))
struct ValueTests {
    private static let digits = TypeShape(
        name: "digits",
        type: "integer",
        using: "value::int",
        setup: """
            CREATE TABLE item (id int PRIMARY KEY, value text); CREATE INDEX i ON item (value);
            INSERT INTO item SELECT g, g::text FROM generate_series(1, 1000) g
            """
    )

    @Test("A value that doesn't fit is stored, named, and holds the change up until it is mended")
    func misfits() async throws {
        let (run, connection) = try await start(Self.digits)
        try await connection.run("UPDATE item SET value = 'x' || id WHERE id IN (3, 500)")
        let failure = try #require(await failure { try await run.through("backfill") })
        #expect(failure.kind == .data)
        #expect(failure.message == "2 rows don't fit the other type:\n  3: 'x3'\n  500: 'x500'")
        // Still nothing fails.
        try await connection.run("INSERT INTO item VALUES (2000, 'many')")
        try await connection.run("UPDATE item SET value = '7' WHERE id IN (3, 500)")
        #expect(await self.failure { try await run.through("swap") }?.message.contains("2000: 'many'") == true)
        try await connection.run("UPDATE item SET value = '8' WHERE id = 2000")
        try await run.through("drop")
        let sum: Int = try await connection.value("SELECT sum(value) FROM item")
        #expect(sum == 500_500 - 503 + 7 + 7 + 8)
        await connection.close()
    }

    @Test("From the beginning of swap on, what doesn't fit is the server's error, and swap can't lose it")
    func nothingSlipsIn() async throws {
        let (run, connection) = try await start(Self.digits)
        try await run.through("backfill")
        // A value that arrives between the comparison and the swap.
        try await connection.run("UPDATE item SET value = 'late' WHERE id = 9")
        let failure = try #require(await failure { try await run.through("swap") })
        #expect(failure.kind == .data)
        await #expect(throws: PostgresError.self) {
            try await connection.run("UPDATE item SET value = 'later' WHERE id = 10")
        }
        try await connection.run("UPDATE item SET value = '10' WHERE id = 9")
        try await run.through("swap")
        let value: Int = try await connection.value("SELECT value FROM item WHERE id = 9")
        #expect(value == 10)
        await connection.close()
    }

    @Test("A server that makes every query parallel that it may converts and compares like any other")
    func parallelQueries() async throws {
        let (run, connection) = try await start(Self.digits)
        let database = Identifier(try TestDatabase.current.name)
        let forced: SQL = connection.serverVersion < 16_00_00 ? "force_parallel_mode" : "debug_parallel_query"
        for setting in ["\(forced) = on", "parallel_setup_cost = 0", "parallel_tuple_cost = 0"] as [SQL] {
            try await connection.script(["ALTER DATABASE \(database) SET \(setting)"])
        }
        try await run.through("backfill")
        let unsafe: Bool = try await connection.value(
            """
            SELECT bool_and(proparallel = 'u') FROM pg_proc
            WHERE pronamespace = 'online_change'::regnamespace AND prosrc LIKE '%EXCEPTION%'
            """
        )
        #expect(unsafe)
        try await run.through("drop")
        let sum: Int = try await connection.value("SELECT sum(value) FROM item")
        #expect(sum == 500_500)
        await connection.close()
    }

    @Test("A loss is refused unless it was allowed")
    func loss() async throws {
        let shape = TypeShape(
            name: "loss",
            type: "integer",
            setup: "CREATE TABLE item (id int PRIMARY KEY, value numeric); INSERT INTO item VALUES (1, 1), (2, 2.5)"
        )
        let (run, connection) = try await start(shape)
        let failure = try #require(await failure { try await run.through("backfill") })
        #expect(failure.kind == .data)
        #expect(failure.message == "1 value would change by the conversion:\n  2: '2.5'")
        await connection.close()
    }

    @Test("After swap the new type rules; rollback says what the old one can't hold")
    func wayBack() async throws {
        let shape = TypeShape(
            name: "way back",
            setup:
                "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL); INSERT INTO item SELECT g, g FROM generate_series(1, 100) g"
        )
        let (run, connection) = try await start(shape)
        try await run.through("swap")
        try await connection.run("INSERT INTO item (id, value) VALUES (101, 3000000000), (102, 7)")
        try await connection.run("UPDATE item SET value = 4000000000 WHERE id = 1")
        let failure = try #require(await failure { try await run.rollback() })
        #expect(failure.kind == .data)
        #expect(failure.message.hasPrefix("2 rows don't fit the other type, so going back would lose them:\n"))
        #expect(failure.message.contains("  1: '4000000000'") && failure.message.contains("  101: '3000000000'"))
        try await connection.run("UPDATE item SET value = 1 WHERE value > 100")
        try await run.rollback()
        let type: String = try await connection.value("SELECT pg_typeof(value)::text FROM item LIMIT 1")
        let kept: Int = try await connection.value("SELECT value FROM item WHERE id = 102")
        #expect(type == "integer")
        #expect(kept == 7)
        await connection.close()
    }

    @Test("With a name of its own for the new column both can be written until drop")
    func bothNames() async throws {
        let shape = TypeShape(
            name: "both",
            type: "integer",
            using: "value::int",
            newName: "number",
            setup:
                "CREATE TABLE item (id int PRIMARY KEY, value text); INSERT INTO item SELECT g, g::text FROM generate_series(1, 20) g"
        )
        let (run, connection) = try await start(shape)
        for phase in ["backfill", "swap"] {
            try await run.through(phase)
            try await connection.run("UPDATE item SET number = number + 100 WHERE id = 1")
            try await connection.run("UPDATE item SET value = '55' WHERE id = 2")
            try await connection.run("INSERT INTO item (id, number) VALUES (\(phase == "swap" ? 31 : 30), 5)")
            let differing: Int = try await connection.value(
                "SELECT count(*) FROM item WHERE value IS DISTINCT FROM number::text"
            )
            #expect(differing == 0, "after \(phase)")
        }
        try await run.through("drop")
        let first: Int = try await connection.value("SELECT number FROM item WHERE id = 1")
        #expect(first == 201)
        await connection.close()
    }

    @Test("Without a way back it must be said, and from swap on there is none")
    func oneWay() async throws {
        var shape = TypeShape(
            name: "one way",
            type: "point",
            using: "point(value, 0)",
            setup:
                "CREATE TABLE item (id int PRIMARY KEY, value int); INSERT INTO item SELECT g, g FROM generate_series(1, 9) g"
        )
        let (refused, connection) = try await start(shape)
        #expect(
            await failure { try await refused.through("expand") }?.next
                == "Give the way back with --reverse, or say --one-way."
        )
        shape.isOneWay = true
        let run = try ChangeTypeRun(shape, in: TestDatabase.current.parameters)
        try await run.through("backfill")
        try await run.rollback()
        try await run.through("swap")
        try await connection.run("INSERT INTO item (id, value) VALUES (10, point(1, 2))")
        #expect(await failure { try await run.rollback() }?.message.contains("one-way") == true)
        try await run.through("drop")
        await connection.close()
    }

    @Test(
        arguments: [
            ("text", "integer", nil, "cannot be cast automatically", "--using 'value::integer'"),
            ("timestamp", "timestamptz", nil, "not immutable", "AT TIME ZONE"),
            ("text", "mood", nil, "cannot be cast automatically", "WHEN 'sad' THEN 'sad'::mood"),
            ("text", "mood", "value::mood", "not immutable", "WHEN 'sad' THEN 'sad'::mood"),
            ("int", "no_such_type", nil, "does not exist", nil),
            ("int", "bigint; DROP TABLE item", nil, "multiple commands", nil),
            ("int", "text", "value::text); DROP TABLE item; --", "multiple commands", nil),
        ] as [(String, String, String?, String, String?)]
    )
    func refusals(old: String, new: String, using: String?, message: String, next: String?) async throws {
        let shape = TypeShape(
            name: "refused",
            type: new,
            using: using,
            setup:
                "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE item (id int PRIMARY KEY, value \(server: old))"
        )
        let (run, connection) = try await start(shape)
        let failure = try #require(await failure { try await run.through("expand") })
        #expect(failure.message.contains(message), "\(failure)")
        if let next { #expect(failure.next?.contains(next) == true, "\(failure)") }
        let isThere: Bool = try await connection.value("SELECT to_regclass('item') IS NOT NULL")
        #expect(isThere)
        await connection.close()
    }

    @Test("An application's role needs no right on anything of ours, whatever its search_path")
    func applicationRole() async throws {
        try await withRole { role in
            let (run, connection) = try await start(Self.digits)
            try await connection.script([
                "GRANT SELECT, INSERT, UPDATE, DELETE ON item TO \(role)",
                "CREATE SCHEMA hostile",
                "CREATE FUNCTION hostile.int4(text) RETURNS int LANGUAGE sql AS 'SELECT 666'",
                "GRANT USAGE ON SCHEMA hostile TO \(role)",
            ])
            let application = try await Connection.open(TestDatabase.current.parameters(as: role))
            try await application.run("SET search_path = hostile, public")
            for phase in ["expand", "backfill", "swap"] {
                try await run.through(phase)
                let value: SQL = phase == "swap" ? "5" : "'5'"
                let writes: [SQL] = [
                    "INSERT INTO public.item (id, value) VALUES ((SELECT max(id) + 1 FROM public.item), \(value))",
                    "UPDATE public.item SET value = \(value) WHERE id = 4",
                ]
                for write in writes { try await application.run(Query(write)) }
            }
            await application.close()
            try await run.through("drop")
            let fives: Int = try await connection.value("SELECT count(*) FROM item WHERE value = 5")
            #expect(fives == 5)
            await connection.close()
        }
    }

    private func start(_ shape: TypeShape) async throws -> (ChangeTypeRun, Connection) {
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script([shape.setup])
        return (try ChangeTypeRun(shape, in: parameters), connection)
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? {
        do {
            try await body()
            return nil
        } catch {
            return Failure(error)
        }
    }
}
