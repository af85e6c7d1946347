import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Partitions that are created, attached and detached in the weeks between two phases.
@Suite(.timeLimit(.minutes(20)), .server(from: 15))
struct PartitionComingAndGoingTests {
    private static let shape = Shape(
        name: "partitions that come and go",
        setup: """
            CREATE TABLE item (id integer NOT NULL, name text) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
            CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (1000);
            CREATE INDEX item_name ON item (name); CREATE INDEX item_upper ON item (upper(name)) WHERE id > 0;
            CREATE INDEX own ON high (name DESC);
            INSERT INTO item SELECT n, 'name ' || n FROM generate_series(1, 20) AS n
            """
    )

    private static let create: SQL = """
        CREATE TABLE created PARTITION OF item FOR VALUES FROM (1000) TO (2000) PARTITION BY LIST (id);
        CREATE TABLE created_leaf PARTITION OF created DEFAULT
        """

    /// Rows in it know the one name alone, as no trigger was there.
    private static func attach(columns: SQL, name: SQL) -> SQL {
        """
        CREATE TABLE attached (\(columns));
        INSERT INTO attached (id, \(name)) VALUES (2001, 'attached'), (2002, NULL);
        ALTER TABLE item ATTACH PARTITION attached FOR VALUES FROM (2000) TO (3000)
        """
    }

    private static let detach: SQL = "ALTER TABLE item DETACH PARTITION low"

    @Test func areTakenInAndCleaned() async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: "expand")
            try await rename.connection.script([Self.create])
            try await rename.start(through: "backfill")
            try await rename.connection.script([
                Self.attach(columns: "full_name text, id integer NOT NULL, name text", name: "name"),
                "INSERT INTO item (id, full_name) VALUES (1500, 'created'), (2500, 'late')",
            ])
            try await rename.start(through: "swap")
            #expect(try await rename.differingRows() == 0)
            try await rename.connection.script([
                "INSERT INTO item (id, name) VALUES (1501, 'by the old name')", Self.detach,
            ])
            #expect(try await rename.differingRows() == 0)
            try await rename.start(through: "drop")
            #expect(try await rename.leftovers() == [])
            let finished = try await rename.state()
            await rename.connection.close()
            let expected = try await plainly([
                Self.create, Self.attach(columns: "id integer NOT NULL, name text", name: "name"),
                "INSERT INTO item (id, name) VALUES (1500, 'created'), (2500, 'late')",
                "ALTER TABLE item RENAME COLUMN name TO full_name",
                "INSERT INTO item (id, full_name) VALUES (1501, 'by the old name')", Self.detach,
            ])
            #expect(finished.differences(from: expected) == [])
        }
    }

    @Test(arguments: ["expand", "backfill", "swap"])
    func areLeftAsTheyWereByRollback(phase: String) async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: phase)
            try await rename.connection.script([
                Self.create,
                Self.attach(
                    columns: "full_name text, id integer NOT NULL, name text",
                    name: phase == "swap" ? "full_name" : "name"
                ), Self.detach,
            ])
            try await rename.rollback()
            #expect(try await rename.leftovers() == [])
            let back = try await rename.state()
            await rename.connection.close()
            var expected = try await plainly([
                Self.create, Self.attach(columns: "id integer NOT NULL, name text", name: "name"), Self.detach,
            ])
            if phase == "swap" {
                // The server names the indexes of new partitions after what the column is called at that moment.
                expected = try await plainly([
                    "ALTER TABLE item RENAME COLUMN name TO full_name", Self.create,
                    Self.attach(columns: "full_name text, id integer NOT NULL", name: "full_name"), Self.detach,
                    "ALTER TABLE item RENAME COLUMN full_name TO name",
                ])
            }
            #expect(back.differences(from: expected) == [])
        }
    }

    /// A value that came by the new name after the partition was detached is nowhere else.
    @Test func detachedPartitionThatWasWrittenIsLeft() async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: "backfill")
            try await rename.connection.script([Self.detach, "UPDATE low SET full_name = 'precious' WHERE id = 1"])
            try await rename.start(through: "drop")
            let kept: String = try await rename.connection.value("SELECT full_name FROM low WHERE id = 1")
            #expect(kept == "precious")
            await rename.connection.close()
        }
    }

    /// What stands in the column that goes alone would go with it.
    @Test func attachedRowsOfTheAddedColumnAloneAreRefused() async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: "swap")
            try await rename.connection.script([
                Self.attach(columns: "full_name text, id integer NOT NULL, name text", name: "name")
            ])
            let failure = try #require(await refusal { try await rename.start(through: "drop") })
            #expect(failure.kind == .data)
            let noWayBack = try #require(await refusal { try await rename.rollback() })
            #expect(noWayBack.kind == .data)
            #expect(
                failure.next?.hasPrefix("UPDATE \"public\".\"attached\" SET \"full_name\" = \"name\" WHERE") == true
            )
            try await rename.connection.script(["UPDATE attached SET full_name = name WHERE full_name IS NULL"])
            try await rename.start(through: "drop")
            let kept: String = try await rename.connection.value("SELECT full_name FROM item WHERE id = 2001")
            #expect(kept == "attached")
            await rename.connection.close()
        }
    }

    @Test func triggerDisabledOnOnePartitionIsRefused() async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: "backfill")
            try await rename.connection.script(["ALTER TABLE high DISABLE TRIGGER ALL"])
            let failure = try #require(await refusal { try await rename.start(through: "swap") })
            #expect(
                failure.message.contains(" on public.high: it keeps the two columns equal, and it was disabled there")
            )
            try await rename.connection.script(["ALTER TABLE high ENABLE TRIGGER ALL"])
            try await rename.rollback()
            await rename.connection.close()
        }
    }

    /// What a crash leaves of an index copy: the parent's, an invalid one, one that stands and is not attached.
    @Test func indexCopyGoesOnAfterCrash() async throws {
        try await withScratchDatabase { database in
            let rename = try await ShapeRename(Self.shape, in: database)
            try await rename.connection.script([Self.shape.setup])
            try await rename.start(through: "backfill")
            let copies = try await indexCopies(rename.connection)
            #expect(copies.count == 7)
            let invalid = copies.filter { !$0.isValid }
            #expect(invalid == [])
            try await rename.rollback()
            try await rename.start(through: "expand")
            for copy in copies where copy.table == "item" || copy.table == "low" {
                try await rename.connection.script(["\(server: copy.definition)"])
            }
            try await rename.connection.run(
                """
                UPDATE pg_index SET indisvalid = false
                WHERE indrelid = 'low'::regclass AND indexrelid::regclass::text LIKE '%upper_copy%'
                """
            )
            try await rename.start(through: "backfill")
            #expect(try await indexCopies(rename.connection) == copies)
            await rename.connection.close()
        }
    }

    private struct IndexCopy: Hashable {
        let table: String
        let definition: String
        let isValid: Bool
    }

    private func indexCopies(_ connection: Connection) async throws -> [IndexCopy] {
        try await connection.run(
            """
            SELECT indrelid::regclass::text AS "table", pg_get_indexdef(indexrelid) AS definition, indisvalid
            FROM pg_index WHERE indexrelid::regclass::text LIKE '%\\_copy\\_%' ORDER BY 2
            """
        ).rows.map {
            IndexCopy(table: try $0["table"], definition: try $0["definition"], isValid: try $0["indisvalid"])
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

    private func refusal(_ body: () async throws -> Void) async -> Failure? {
        do {
            try await body()
            return nil
        } catch {
            return Failure(error)
        }
    }
}
