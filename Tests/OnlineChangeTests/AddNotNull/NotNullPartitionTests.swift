import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// Partitions that are created, attached and detached between the phases of `add-not-null`.
@Suite(.timeLimit(.minutes(20)), .server(from: 15))
struct NotNullPartitionTests {
    private static let create: SQL = """
        CREATE TABLE created PARTITION OF item FOR VALUES FROM (1000) TO (2000) PARTITION BY LIST (id);
        CREATE TABLE created_leaf PARTITION OF created DEFAULT
        """

    /// Its rows have NULL, as no trigger was there.
    private static let attach: SQL = """
        CREATE TABLE attached (name text, id integer NOT NULL); INSERT INTO attached VALUES (NULL, 2001), ('a', 2002);
        ALTER TABLE item ATTACH PARTITION attached FOR VALUES FROM (2000) TO (3000)
        """

    private static let detach: SQL = "ALTER TABLE item DETACH PARTITION low"

    private static func shape(fill: String?) -> NotNullShape {
        NotNullShape(
            name: "partitions that come and go",
            setup: """
                CREATE TABLE item (id integer NOT NULL, name text) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
                CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (1000);
                \(NotNullShape.rows)
                """,
            fill: fill,
            nulls: fill == nil ? "UPDATE item SET name = name" : "UPDATE item SET name = NULL WHERE id % 3 = 0"
        )
    }

    @Test func areTakenInAndCleaned() async throws {
        try await withScratchDatabase { database in
            let change = try await NotNullChange(Self.shape(fill: "'none'"), in: database)
            try await change.setUp()
            try await change.start(through: "expand")
            try await change.connection.script([Self.create, "INSERT INTO item (id) VALUES (1001)"])
            try await change.start(through: "backfill")
            try await change.connection.script([Self.attach, "INSERT INTO item (id) VALUES (2003)", Self.detach])
            try await change.start(through: "swap")
            try await change.connection.script(["INSERT INTO item (id) VALUES (2004)"])
            try await change.start(through: "drop")
            #expect(try await change.leftovers() == [])
            #expect(try await change.nulls() == 0)
            let finished = try await change.state()
            await change.connection.close()
            let expected = try await plainly(Self.shape(fill: "'none'")) { plain in
                try await plain.connection.script([
                    Self.create, Self.attach, "INSERT INTO item (id) VALUES (1001), (2003), (2004)",
                    "UPDATE item SET name = 'none' WHERE name IS NULL", Self.detach,
                    "ALTER TABLE item ALTER name SET NOT NULL",
                ])
            }
            #expect(finished.differences(from: expected) == [])
        }
    }

    /// A detached partition keeps no check of ours, from whatever phase; the others are as they were.
    @Test(arguments: ["expand", "backfill", "swap"])
    func rollbackCleansWhatWasDetached(phase: String) async throws {
        try await withScratchDatabase { database in
            let change = try await NotNullChange(Self.shape(fill: nil), in: database)
            try await change.setUp()
            try await change.start(through: phase)
            try await change.connection.script([Self.create, Self.detach])
            try await change.rollback()
            let back = try await change.state()
            await change.connection.close()
            let expected = try await plainly(Self.shape(fill: nil)) { plain in
                // What has left the table while it was NOT NULL stays so.
                let isNotNull = phase == "swap"
                if isNotNull { try await plain.connection.script(["ALTER TABLE item ALTER name SET NOT NULL"]) }
                try await plain.connection.script([Self.create, Self.detach])
                if isNotNull { try await plain.connection.script(["ALTER TABLE item ALTER name DROP NOT NULL"]) }
            }
            #expect(back.differences(from: expected) == [])
        }
    }

    /// NULLs that came with a partition once the trigger's work was looked at are found by the proof, with their key.
    @Test func attachedNullsAreNamed() async throws {
        try await withScratchDatabase { database in
            let change = try await NotNullChange(Self.shape(fill: nil), in: database)
            try await change.setUp()
            try await change.start(through: "backfill")
            let (name, constraint): (SQL, SQL) =
                change.connection.serverVersion >= 18_00_00
                ? ("item_name_not_null", "NOT NULL name")
                : ("\"online_change name not null\"", "CHECK (name IS NOT NULL)")
            try await change.connection.script([
                """
                CREATE TABLE attached (LIKE item INCLUDING CONSTRAINTS); INSERT INTO attached VALUES (2002, 'a');
                ALTER TABLE attached DROP CONSTRAINT \(name); INSERT INTO attached VALUES (2001, NULL);
                ALTER TABLE attached ADD CONSTRAINT \(name) \(constraint) NOT VALID;
                ALTER TABLE item ATTACH PARTITION attached FOR VALUES FROM (2000) TO (3000)
                """
            ])
            let refusal = try await NotNullChange.refusal { try await change.start(through: "swap") }
            #expect(refusal.kind == .data)
            #expect(refusal.message.hasPrefix("1 rows have NULL in name: "))
            try await change.connection.script(["UPDATE item SET name = 'b' WHERE id = 2001"])
            try await change.start(through: "drop")
            #expect(try await change.leftovers() == [])
            await change.connection.close()
        }
    }

    @Test("NOT NULL that none may inherit is refused, on the partition that has it", .server(from: 18))
    func noInherit() async throws {
        try await withScratchDatabase { database in
            let shape = NotNullShape(
                name: "no inherit",
                setup: """
                    CREATE TABLE item (id integer NOT NULL, name text) PARTITION BY RANGE (id);
                    CREATE TABLE low PARTITION OF item DEFAULT; ALTER TABLE low ADD CONSTRAINT mine NOT NULL name NO INHERIT
                    """,
                nulls: "SELECT 1"
            )
            let change = try await NotNullChange(shape, in: database)
            try await change.setUp()
            let refusal = try await NotNullChange.refusal { try await change.start(through: "expand") }
            #expect(refusal.message.hasPrefix("constraint mine on public.low: "))
            try await change.connection.script(["ALTER TABLE low ALTER CONSTRAINT mine INHERIT"])
            try await change.start(through: "drop")
            #expect(try await change.leftovers() == [])
            await change.connection.close()
        }
    }

    @Test("A column of the partition key is refused, with the reason", arguments: [nil, "1"] as [String?])
    func key(fill: String?) async throws {
        try await withScratchDatabase { database in
            let shape = NotNullShape(
                name: "in the key",
                setup: "CREATE TABLE item (id integer, name integer) PARTITION BY LIST (name)",
                fill: fill,
                nulls: "SELECT 1"
            )
            let change = try await NotNullChange(shape, in: database)
            try await change.setUp()
            let refusal = try await NotNullChange.refusal { try await change.start(through: "expand") }
            #expect(
                refusal.message
                    == "column public.item.name: it is in the partition key of public.item: a trigger may not move a row "
                    + "to another partition, which a value in the place of NULL would have to"
            )
            await change.connection.close()
        }
    }

    private func plainly(_ shape: NotNullShape, _ body: (NotNullChange) async throws -> Void) async throws
        -> DatabaseState
    {
        var state: DatabaseState?
        try await withScratchDatabase { database in
            let plain = try await NotNullChange(shape, in: database)
            try await plain.setUp()
            try await body(plain)
            state = try await plain.state()
            await plain.connection.close()
        }
        return try #require(state)
    }
}
