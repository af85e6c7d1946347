import Oracles
import Postgres
import TestSupport
import Testing

/// A portrait must tell at least what a schema dump tells.
@Suite(.enabled(if: SchemaDump.program != nil))
struct SchemaDumpTests {
    private static let changes: [SQL] = [
        "CREATE SCHEMA other",
        "ALTER TABLE app.note SET SCHEMA other",
        "CREATE TABLE app.made AS SELECT 1 AS a, 'x'::text AS b",
        "ALTER TABLE app.made ADD c app.pair",
        "ALTER TABLE app.made ADD d integer[] DEFAULT '{1,2}'",
        "ALTER TABLE app.made ADD e interval DEFAULT '1 day' NOT NULL",
        "ALTER TABLE app.made ADD UNIQUE (a) DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE app.made ADD EXCLUDE USING btree (b WITH =)",
        "ALTER TABLE app.made ADD PRIMARY KEY (a)",
        "ALTER TABLE app.made REPLICA IDENTITY USING INDEX made_pkey",
        "ALTER TABLE app.made ALTER a ADD GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 3)",
        "ALTER TABLE app.made ALTER a SET INCREMENT 4",
        "ALTER VIEW app.adult ALTER name SET DEFAULT 'x'",
        "ALTER VIEW app.adult RENAME COLUMN name TO label",
        "COMMENT ON COLUMN app.adult.label IS 'x'",
        "CREATE TRIGGER seen INSTEAD OF INSERT ON app.adult FOR EACH ROW EXECUTE FUNCTION app.touch()",
        "CREATE TRIGGER every AFTER INSERT ON app.event FOR EACH ROW EXECUTE FUNCTION app.touch()",
        "ALTER TABLE app.event_2024 DISABLE TRIGGER every",
        "CREATE INDEX event_what ON ONLY app.event (what)",
        "CREATE INDEX event_2024_what ON app.event_2024 (what)",
        "ALTER INDEX app.event_what ATTACH PARTITION app.event_2024_what",
        "ALTER TYPE app.mood ADD VALUE 'calm' BEFORE 'glad'",
        "ALTER DOMAIN app.short ADD CHECK (VALUE <> 'x') NOT VALID",
        "CREATE PROCEDURE app.act(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN END'",
        "ALTER FUNCTION app.touch() COST 7",
        "CREATE STATISTICS app.expressive ON (age + 1), (lower(name)) FROM app.person",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "CREATE OPERATOR CLASS app.ints FOR TYPE integer USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int4, int4)",
    ]

    @Test func whatTheDumpTellsIsSeen() async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            try await SampleSchema.create(on: connection)
            var portrait = try await CatalogPortrait.take(on: connection)
            var dump = try SchemaDump.take(parameters)
            for statement in Self.changes {
                try await connection.run(Query(statement))
                let portraitNow = try await CatalogPortrait.take(on: connection)
                let dumpNow = try SchemaDump.take(parameters)
                #expect(dumpNow != dump, "the dump doesn't tell of it: \(statement)")
                #expect(portraitNow.differences(from: portrait) != [], "\(statement)")
                (portrait, dump) = (portraitNow, dumpNow)
            }
            await connection.close()
        }
    }

    @Test func equalPortraitsMeanEqualDumps() async throws {
        try await withScratchDatabase { parameters in
            let connection = try await Connection.open(parameters)
            try await SampleSchema.create(on: connection)
            let dump = try SchemaDump.take(parameters)
            for property in PropertyChange.all where connection.serverVersion >= property.since {
                try await connection.run(Query(property.change))
                try await connection.run(Query(property.undo))
            }
            #expect(try SchemaDump.take(parameters) == dump)
            await connection.close()
        }
    }
}
