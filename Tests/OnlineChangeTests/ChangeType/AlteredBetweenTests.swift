import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// What somebody alters in place between the phases is not undone without a word.
@Suite(.database, .timeLimit(.minutes(20)))
struct AlteredBetweenTests {
    private static let setup: SQL = """
        CREATE TABLE item (id int PRIMARY KEY, value int DEFAULT 1 NOT NULL CONSTRAINT positive CHECK (value > 0), hidden boolean DEFAULT false);
        CREATE TABLE other (value bigint PRIMARY KEY); INSERT INTO other SELECT generate_series(1, 9); ALTER TABLE item ADD CONSTRAINT refers FOREIGN KEY (value) REFERENCES other NOT VALID;
        CREATE INDEX by_value ON item (value); CREATE VIEW seen AS SELECT id, value FROM item; GRANT SELECT ON seen TO PUBLIC;
        CREATE POLICY few ON item USING (value > 0); CREATE STATISTICS pair ON id, value FROM item;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER touched BEFORE UPDATE ON item FOR EACH ROW WHEN (NEW.value > 3) EXECUTE FUNCTION touch();
        INSERT INTO item (id, value) SELECT g, g FROM generate_series(1, 9) g
        """

    /// The shape's table, and a change of it that has not begun.
    private func prepare(
        _ shape: TypeShape,
        report: @escaping @Sendable (Event) async -> Void = { _ in }
    ) async throws -> (ChangeTypeRun, Connection) {
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script([shape.setup])
        return (try ChangeTypeRun(shape, in: parameters, report: report), connection)
    }

    @Test(
        arguments: [
            ("REVOKE SELECT ON seen FROM PUBLIC", "view public.seen"),
            ("CREATE OR REPLACE VIEW seen AS SELECT id, value FROM item WHERE NOT hidden", "view public.seen"),
            ("ALTER VIEW seen SET (security_barrier = true)", "view public.seen"),
            ("COMMENT ON VIEW seen IS 'few'", "view public.seen"),
            ("ALTER POLICY few ON item USING (value > 0 AND NOT hidden)", "policy few on public.item"),
            ("ALTER TABLE item ALTER value SET DEFAULT 2", "default of column public.item.value"),
            ("GRANT UPDATE (value) ON item TO PUBLIC", "privileges on column public.item.value"),
            ("COMMENT ON COLUMN item.value IS 'worth'", "comment on column public.item.value"),
            ("ALTER TABLE item ALTER value SET STATISTICS 7", "properties of column public.item.value"),
            ("ALTER TABLE item ALTER value SET (n_distinct = 3)", "options of column public.item.value"),
            ("ALTER TABLE item ALTER value DROP NOT NULL", "NOT NULL of column public.item.value"),
            ("ALTER TABLE item DISABLE TRIGGER touched", "trigger touched on public.item"),
            (
                """
                CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON item FOR EACH ROW WHEN (NEW.value > 4) EXECUTE FUNCTION touch()
                """,
                "trigger touched on public.item"
            ),
            (
                "ALTER TABLE item DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (value > -1)",
                "constraint positive on public.item"
            ),
            ("ALTER TABLE item ALTER CONSTRAINT refers DEFERRABLE", "constraint refers on public.item"),
            ("DROP INDEX by_value; CREATE INDEX by_value ON item (value DESC)", "index public.by_value"),
            ("COMMENT ON INDEX by_value IS 'worth'", "index public.by_value"),
            ("ALTER STATISTICS pair SET STATISTICS 9", "statistics public.pair"),
        ] as [(SQL, String)]
    )
    func isRefused(alteration: SQL, object: String) async throws {
        let shape = TypeShape(name: "altered", setup: Self.setup)
        let (run, connection) = try await prepare(shape)
        try await run.through("backfill")
        try await connection.script([alteration])
        let altered = try await DatabaseState.read(connection)
        let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
        #expect(failure?.kind == .refused)
        #expect(
            failure?.message.hasPrefix("\(object): it was altered since the change was planned") == true,
            "\(failure?.message ?? "")"
        )
        #expect(failure?.next?.contains("--acknowledge '\(object)'") == true)
        #expect(try await DatabaseState.read(connection).differences(from: altered) == [])
        // The way back leaves it as it was altered.
        try await run.rollback()
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    @Test("What is altered while swap makes ready is noticed before the locks")
    func atTheLastMoment() async throws {
        let shape = TypeShape(name: "altered", setup: Self.setup)
        let other = try await TestDatabase.current.connect()
        let (run, connection) = try await prepare(shape) { event in
            guard case .stepStarted(let title) = event, title.contains("in the place of") else { return }
            try? await other.script(["REVOKE SELECT ON seen FROM PUBLIC"])
        }
        let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
        #expect(failure?.message.hasPrefix("view public.seen: it was altered") == true, "\(failure?.message ?? "")")
        #expect(try await connection.value("SELECT NOT has_table_privilege('public', 'seen', 'SELECT')"))
        try await run.rollback()
        #expect(try await Leftovers.read(connection) == [])
        await other.close()
        await connection.close()
    }

    @Test("What is dropped is missed by name, before anything is locked")
    func isMissed() async throws {
        let shape = TypeShape(name: "dropped", setup: Self.setup)
        let (run, connection) = try await prepare(shape)
        try await run.through("backfill")
        try await connection.script(["DROP VIEW seen"])
        let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
        #expect(failure?.message.hasPrefix("view public.seen: it is gone or has another name") == true)
        try await connection.script(["CREATE VIEW seen AS SELECT id, value FROM item; GRANT SELECT ON seen TO PUBLIC"])
        try await run.through("drop")
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }

    @Test("Who knows it goes on, and gets what was planned")
    func isAcknowledged() async throws {
        var shape = TypeShape(name: "altered", setup: Self.setup)
        shape.acknowledge = ["default of column public.item.value"]
        let (run, connection) = try await prepare(shape)
        try await run.through("backfill")
        try await connection.script(["ALTER TABLE item ALTER value SET DEFAULT 2"])
        try await run.through("drop")
        #expect(try await connection.value("INSERT INTO item (id) VALUES (10) RETURNING value = 1"))
        await connection.close()
    }
    @Test(
        "A key that is no longer enforced keeps nobody from going back",
        .server(from: 18),
        arguments: ["backfill", "swap"]
    )
    func noLongerEnforced(phase: String) async throws {
        let shape = TypeShape(
            name: "key",
            setup: """
                CREATE TABLE other (value bigint PRIMARY KEY); INSERT INTO other SELECT generate_series(1, 9);
                CREATE TABLE item (id int PRIMARY KEY, value int CONSTRAINT refers REFERENCES other);
                INSERT INTO item SELECT g, g FROM generate_series(1, 9) g
                """
        )
        let (run, connection) = try await prepare(shape)
        try await run.through(phase)
        try await connection.script(["ALTER TABLE item ALTER CONSTRAINT refers NOT ENFORCED"])
        if phase == "backfill" {
            let failure = await #expect(throws: Failure.self) { try await run.through("swap") }
            #expect(failure?.message.hasPrefix("constraint refers on public.item: it was altered") == true)
        }
        try await run.rollback()
        #expect(try await Leftovers.read(connection) == [])
        await connection.close()
    }
}
