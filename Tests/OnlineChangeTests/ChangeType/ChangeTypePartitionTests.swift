import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Partitions that are created, attached and detached between the phases of `change-type`, and what it refuses of them.
@Suite(.timeLimit(.minutes(20)), .server(from: 15))
struct ChangeTypePartitionTests {
    private static let shape = TypeShape(
        name: "partitions that come and go",
        setup: """
            CREATE TABLE item (id int NOT NULL, value int NOT NULL DEFAULT 7, PRIMARY KEY (id, value), CONSTRAINT filled CHECK (value > 0))
              PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
            CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (1000); CREATE INDEX item_value ON item (value);
            CREATE UNIQUE INDEX once ON item (value, id) WHERE value > 3;
            INSERT INTO item SELECT n, n FROM generate_series(1, 20) AS n
            """
    )

    private static func create(_ name: Identifier, from start: Int) -> SQL {
        let leaf = Identifier("\(name)_leaf")
        return """
            CREATE TABLE \(name) PARTITION OF item FOR VALUES FROM (\(start)) TO (\(start + 1000)) PARTITION BY LIST (id);
            CREATE TABLE \(leaf) PARTITION OF \(name) DEFAULT; INSERT INTO item VALUES (\(start), 5)
            """
    }

    /// Rows in it know the original column alone.
    private static func attach(_ more: SQL = "") -> SQL {
        """
        CREATE TABLE attached (\(more)value int NOT NULL, id int NOT NULL, CONSTRAINT filled CHECK (value > 0));
        INSERT INTO attached (id, value) VALUES (2001, 1), (2002, 2);
        ALTER TABLE item ATTACH PARTITION attached FOR VALUES FROM (2000) TO (3000)
        """
    }

    private static let detach: SQL = "ALTER TABLE item DETACH PARTITION low"

    private static let alter: SQL = "ALTER TABLE item ALTER value TYPE bigint"

    /// NOT NULL that is a partition's own has its own name, which the plain ALTER stumbles over.
    @Test(.server(from: 18)) func ownNotNullKeepsItsName() async throws {
        try await withScratchDatabase { database in
            let shape = TypeShape(
                name: "NOT NULL of a partition's own",
                setup: """
                    CREATE TABLE item (id int NOT NULL, value int CONSTRAINT must NOT NULL) PARTITION BY RANGE (id);
                    CREATE TABLE high (id int NOT NULL, value int CONSTRAINT high_must NOT NULL) PARTITION BY LIST (id);
                    CREATE TABLE leaf (id int NOT NULL, value int CONSTRAINT leaf_must NOT NULL);
                    ALTER TABLE high ATTACH PARTITION leaf DEFAULT; ALTER TABLE item ATTACH PARTITION high DEFAULT;
                    ALTER TABLE leaf ALTER value SET NOT NULL; ALTER TABLE high ALTER value SET NOT NULL;
                    COMMENT ON CONSTRAINT leaf_must ON leaf IS 'of the leaf'; INSERT INTO item VALUES (1, 1)
                    """
            )
            let connection = try await Connection.open(database)
            try await connection.script([shape.setup])
            let original = try await DatabaseState.read(connection)
            let run = try ChangeTypeRun(shape, in: database)
            try await run.through("swap")
            // The legacy column must not refuse what doesn't go back.
            let refusing: Int = try await connection.value(
                "SELECT count(*) FROM pg_attribute WHERE attname = 'value_old' AND attnotnull"
            )
            #expect(refusing == 0)
            try await run.rollback()
            let back = try await DatabaseState.read(connection)
            #expect(back.differences(from: original, ignoringColumnOrder: true) == [])
            try await run.through("drop")
            let names: String = try await connection.value(
                """
                SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint
                WHERE contype = 'n' AND conname LIKE '%must' AND conislocal
                """
            )
            #expect(names == "high_must leaf_must must")
            #expect(try await Leftovers.read(connection) == [])
            await connection.close()
        }
    }

    @Test func areTakenInAndCleaned() async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([Self.shape.setup])
            let late = try await Connection.open(database)
            let run = try ChangeTypeRun(Self.shape, in: database) { event in
                // After all was built, and before the locks.
                guard case .stepStarted(let title) = event, title.contains("in the place of") else { return }
                try? await late.script([Self.create("late", from: 4000)])
            }
            try await run.through("expand")
            try await connection.script([Self.create("created", from: 1000)])
            try await run.through("backfill")
            try await connection.script([Self.create("more", from: 3000), Self.attach("value_new bigint, ")])
            try await run.through("swap")
            try await connection.script([Self.create("last", from: 5000), Self.detach])
            try await run.through("drop")
            #expect(try await Leftovers.read(connection) == [])
            let finished = try await DatabaseState.read(connection)
            await late.close()
            await connection.close()
            let expected = try await plainly([
                Self.create("created", from: 1000), Self.create("more", from: 3000), Self.attach(),
                Self.create("late", from: 4000), Self.alter, Self.create("last", from: 5000), Self.detach,
            ])
            let differences = finished.differences(from: expected, ignoringColumnOrder: true)
            #expect(differences == [])
        }
    }

    @Test(arguments: ["expand", "backfill", "swap"])
    func areLeftAsTheyWereByRollback(phase: String) async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([Self.shape.setup])
            let run = try ChangeTypeRun(Self.shape, in: database)
            try await run.through(phase)
            try await connection.script([Self.create("created", from: 1000), Self.detach])
            try await run.rollback()
            #expect(try await Leftovers.read(connection) == [])
            let back = try await DatabaseState.read(connection)
            await connection.close()
            var expected: [SQL] = [Self.create("created", from: 1000), Self.detach]
            if phase == "swap" {
                // What has left the table since keeps the new type.
                expected = [Self.alter] + expected + ["ALTER TABLE item ALTER value TYPE int"]
            }
            let differences = back.differences(from: try await plainly(expected), ignoringColumnOrder: true)
            #expect(differences == [])
        }
    }

    @Test(
        "What can't be carried on partitions is refused by name",
        arguments: [
            ("CREATE INDEX own ON low (id, value)", "index public.own: it is a partition's own"),
            (
                "ALTER TABLE low ADD CONSTRAINT own CHECK (value < 99)",
                "constraint own on table public.low: it is a partition's own"
            ),
            ("CREATE VIEW seen AS SELECT value FROM low", "rule _RETURN on view public.seen: it is a partition's own"),
            ("CREATE STATISTICS own ON id, value FROM high", "statistics object public.own: it is a partition's own"),
            ("CREATE SEQUENCE own OWNED BY low.value", "sequence public.own: it is a partition's own"),
            (
                "ALTER TABLE low ALTER value SET DEFAULT 8",
                "column public.low.value: the partition's column has a default that"
            ),
            (
                "ALTER TABLE item DROP CONSTRAINT item_pkey, ALTER value DROP NOT NULL; ALTER TABLE low ALTER value SET NOT NULL",
                "column public.low.value: the partition's column is NOT NULL"
            ),
            ("CREATE INDEX half ON ONLY item (value)", "index public.half: not every partition has its part of it"),
            (
                "CREATE INDEX part ON low (value) WITH (fillfactor = 50); CREATE INDEX whole ON item (value); DROP INDEX item_value",
                "index public.part: its storage parameters"
            ),
            (
                "CREATE TABLE line (a int, b int, CONSTRAINT there FOREIGN KEY (a, b) REFERENCES item)",
                "constraint there on table public.line: one of its tables is partitioned"
            ),
            (
                "CREATE TABLE kind (id int PRIMARY KEY); INSERT INTO kind SELECT generate_series(1, 20); ALTER TABLE item ADD CONSTRAINT here FOREIGN KEY (value) REFERENCES kind",
                "constraint here on table public.item: one of its tables is partitioned"
            ),
        ] as [(SQL, String)]
    )
    func refused(statements: SQL, reason: String) async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([Self.shape.setup, statements])
            let before = try await CatalogPortrait.take(on: connection)
            let run = try ChangeTypeRun(Self.shape, in: database)
            let failure = await #expect(throws: Failure.self) { try await run.through("expand") }
            #expect(failure?.message.hasPrefix(reason) == true, "\(failure?.message ?? "")")
            #expect(failure?.next?.isEmpty == false)
            #expect(try await CatalogPortrait.take(on: connection).differences(from: before) == [])
            await connection.close()
        }
    }

    /// What a partition gets of its own while the change goes on would be lost.
    @Test func ownIndexBetweenPhasesIsRefused() async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([Self.shape.setup])
            let run = try ChangeTypeRun(Self.shape, in: database)
            try await run.through("backfill")
            try await connection.script(["CREATE INDEX own ON high (value DESC)"])
            let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
            #expect(failure?.message.hasPrefix("index public.own: it is a partition's own") == true)
            try await connection.script(["DROP INDEX own"])
            try await run.through("drop")
            #expect(try await Leftovers.read(connection) == [])
            await connection.close()
        }
    }

    @Test("A column of the partition key is refused") func key() async throws {
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script(["CREATE TABLE item (value int) PARTITION BY RANGE (value)"])
            let run = try ChangeTypeRun(Self.shape, in: database)
            let failure = await #expect(throws: Failure.self) { try await run.through("expand") }
            #expect(
                failure?.message.hasPrefix("column public.item.value: it is in the partition key of public.item")
                    == true
            )
            await connection.close()
        }
    }

    private func plainly(_ statements: [SQL]) async throws -> DatabaseState {
        var state: DatabaseState?
        try await withScratchDatabase { database in
            let connection = try await Connection.open(database)
            try await connection.script([Self.shape.setup])
            for statement in statements { try await connection.script([statement]) }
            state = try await DatabaseState.read(connection)
            await connection.close()
        }
        return try #require(state)
    }
}
