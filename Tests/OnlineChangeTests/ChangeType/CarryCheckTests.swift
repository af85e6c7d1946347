import OnlineChange
import Oracles
import Postgres
import TestSupport
import Testing

/// What can't be carried is named before anything is touched.
@Suite(.database, .timeLimit(.minutes(20)))
struct CarryCheckTests {
    @Test(
        arguments: [
            (
                "CREATE MATERIALIZED VIEW copy AS SELECT value FROM item", "materialized view public.copy",
                "CREATE MATERIALIZED VIEW"
            ),
            (
                "CREATE VIEW v AS SELECT value FROM item; CREATE MATERIALIZED VIEW copy AS SELECT * FROM v",
                "materialized view public.copy", nil
            ),
            (
                "ALTER TABLE item ADD EXCLUDE USING btree (value WITH =)", "constraint item_value_excl on public.item",
                nil
            ),
            (
                "ALTER TABLE item ADD twice int GENERATED ALWAYS AS (value * 2) STORED", "generated column twice",
                nil
            ),
            (
                "CREATE RULE r AS ON INSERT TO item WHERE NEW.value > 5 DO ALSO NOTHING", "rule r on table public.item",
                nil
            ),
            (
                "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(value) FROM item; END",
                "function public.f()", nil
            ),
            (
                "CREATE VIEW v AS SELECT value FROM item; CREATE FUNCTION g(v) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "function public.g(public.v)", nil
            ),
            (
                """
                CREATE TABLE other (id int);
                CREATE POLICY p ON other USING (EXISTS (SELECT FROM item WHERE value = other.id))
                """,
                "policy p on table public.other", nil
            ),
        ] as [(SQL, String, String?)]
    )
    func refused(setup: SQL, object: String, wayOut: String?) async throws {
        let shape = TypeShape(name: "refused", setup: "CREATE TABLE item (id int PRIMARY KEY, value int); \(setup)")
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script([shape.setup])
        let before = try await DatabaseState.read(connection)
        let run = try ChangeTypeRun(shape, in: parameters)
        let failure = await #expect(throws: Failure.self) { try await run.through("expand") }
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains(object) == true, "\(failure?.message ?? "")")
        if let wayOut { #expect(failure?.next?.contains(wayOut) == true) }
        #expect(try await DatabaseState.read(connection).differences(from: before) == [])
        await connection.close()
    }
    /// Keys over periods of time, and what refers to them.
    @Test(.server(from: 18), arguments: ["item", "part"]) func periods(table: Identifier) async throws {
        let shape = TypeShape(
            name: "temporal",
            table: table,
            type: "int8range",
            setup: """
                CREATE TABLE item (value int4range, during tsrange, CONSTRAINT key PRIMARY KEY (value, during WITHOUT OVERLAPS));
                CREATE TABLE part (value int4range, during tsrange,
                  CONSTRAINT reference FOREIGN KEY (value, PERIOD during) REFERENCES item (value, PERIOD during))
                """
        )
        let parameters = try TestDatabase.current.parameters
        let connection = try await Connection.open(parameters)
        try await connection.script([shape.setup])
        let before = try await DatabaseState.read(connection)
        let run = try ChangeTypeRun(shape, in: parameters)
        let failure = await #expect(throws: Failure.self) { try await run.through("expand") }
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("constraint reference on public.part: ") == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("constraint key on public.item: ") == (table == "item"))
        #expect(try await DatabaseState.read(connection).differences(from: before) == [])
        await connection.close()
    }
}
