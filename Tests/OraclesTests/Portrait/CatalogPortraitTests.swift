import Oracles
import Postgres
import TestSupport
import Testing

/// What a portrait must tell apart, and what it must not.
struct CatalogPortraitTests {
    private static let detours: [[SQL]] = [
        ["ALTER TABLE app.person ADD full_name text DEFAULT 'x' NOT NULL", "ALTER TABLE app.person DROP full_name"],
        ["ALTER TABLE app.person RENAME name TO full_name", "ALTER TABLE app.person RENAME full_name TO name"],
        ["ALTER TABLE app.person RENAME TO people", "ALTER TABLE app.people RENAME TO person"],
        ["DROP INDEX app.person_age", "CREATE INDEX person_age ON app.person (age)"],
        ["DROP VIEW app.adult", "CREATE VIEW app.adult AS SELECT id, name FROM app.person WHERE age >= 18"],
        [
            "ALTER TABLE app.visit DROP CONSTRAINT whose",
            "ALTER TABLE app.visit ADD CONSTRAINT whose FOREIGN KEY (person) REFERENCES app.person (id)",
        ],
        ["DROP TABLE app.note", SampleSchema.note, SampleSchema.noteIndex],
        ["CREATE TABLE online_change.ledger (id integer PRIMARY KEY)"],
        ["INSERT INTO app.person (age) SELECT 1 FROM generate_series(1, 1000)", "ANALYZE", "REINDEX TABLE app.person"],
        ["CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY)"],
    ]

    /// Every property changed alone is seen in its section, and changing it back leaves no difference.
    @Test func everyPropertyIsSeenAndTakenBack() async throws {
        try await withSampleSchema { connection in
            var before = try await CatalogPortrait.take(on: connection)
            for property in PropertyChange.all where connection.serverVersion >= property.since {
                try await connection.run(Query(property.change))
                let changed = try await CatalogPortrait.take(on: connection).differences(from: before)
                #expect(
                    changed.contains { $0.dropFirst(2).hasPrefix(property.section + ": ") },
                    "\(property.change): \(changed)"
                )
                try await connection.run(Query(property.undo))
                let after = try await CatalogPortrait.take(on: connection)
                #expect(after.differences(from: before) == [], "\(property.undo)")
                before = after
            }
        }
    }

    @Test(arguments: detours)
    func detourLeavesNoDifference(statements: [SQL]) async throws {
        try await withSampleSchema { connection in
            let before = try await CatalogPortrait.take(on: connection)
            for statement in statements { try await connection.run(Query(statement)) }
            #expect(try await CatalogPortrait.take(on: connection).differences(from: before) == [])
        }
    }

    /// The exchange of names that a rename is made of leaves what the plain rename would.
    @Test func exchangeOfNamesEqualsPlainRename() async throws {
        try await withSampleSchema { connection in
            try await connection.run("ALTER TABLE app.person RENAME name TO full_name")
            let plain = try await CatalogPortrait.take(on: connection)
            try await connection.run("ALTER TABLE app.person RENAME full_name TO name")
            try await connection.run("ALTER TABLE app.person ADD full_name varchar(40)")
            try await connection.run("ALTER TABLE app.person RENAME full_name TO passing")
            try await connection.run("ALTER TABLE app.person RENAME name TO full_name")
            try await connection.run("ALTER TABLE app.person RENAME passing TO name")
            try await connection.run("ALTER TABLE app.person DROP name")
            #expect(try await CatalogPortrait.take(on: connection).differences(from: plain) == [])
        }
    }

    @Test func orderOfColumnsMayBeIgnored() async throws {
        try await withSampleSchema { connection in
            let before = try await CatalogPortrait.take(on: connection)
            try await connection.run("CREATE TABLE app.copy AS SELECT b, a FROM app.note")
            try await connection.run("DROP TABLE app.note")
            try await connection.run("ALTER TABLE app.copy RENAME TO note")
            try await connection.run("ALTER TABLE app.note ADD CONSTRAINT small CHECK (a < 9)")
            try await connection.run(Query(SampleSchema.noteIndex))
            let after = try await CatalogPortrait.take(on: connection)
            #expect(after.differences(from: before, ignoringColumnOrder: true) == [])
            #expect(
                after.differences(from: before) == [
                    "- column order: table app.note: columns = a, b",
                    "+ column order: table app.note: columns = b, a",
                ]
            )
        }
    }

    @Test func differencesReadAsBeforeAndAfter() async throws {
        try await withSampleSchema { connection in
            let before = try await CatalogPortrait.take(on: connection)
            try await connection.run("ALTER TABLE app.person ALTER age SET STATISTICS 7")
            try await connection.run("COMMENT ON TABLE app.visit IS 'in person'")
            let after = try await CatalogPortrait.take(on: connection)
            let added = [
                "+ columns: table column app.person.age: attstattarget = 7",
                "+ comments: table app.visit: comment = in person",
            ]
            // Before PostgreSQL 17 no target of its own was -1 and not NULL.
            let removed =
                connection.serverVersion < 170_000 ? ["- columns: table column app.person.age: attstattarget = -1"] : []
            #expect(after.differences(from: before) == removed + added)
        }
    }

    /// Databases in which the same objects have other oids and columns other numbers.
    @Test func twoDatabasesOfOneMakingAreEqual() async throws {
        try await withSampleSchema { one in
            try await withSampleSchema { other in
                try await other.run("ALTER TABLE app.note ADD extra integer")
                try await other.run("ALTER TABLE app.note DROP extra, DROP a, DROP b")
                try await other.run("ALTER TABLE app.note ADD a integer CONSTRAINT small CHECK (a < 9), ADD b text")
                try await other.run(Query(SampleSchema.noteIndex))
                let portrait = try await CatalogPortrait.take(on: other)
                #expect(portrait.differences(from: try await CatalogPortrait.take(on: one)) == [])
            }
        }
    }

    @Test func tellsNoOid() async throws {
        try await withSampleSchema { connection in
            let rows = try await connection.run(
                """
                SELECT DISTINCT objid::text AS oid FROM pg_depend WHERE objid >= 16384
                UNION SELECT relfilenode::text FROM pg_class WHERE relfilenode >= 16384
                """
            ).rows
            let text = try await CatalogPortrait.take(on: connection).description
            for row in rows {
                let oid: String = try row["oid"]
                #expect(!text.contains(oid), "\(oid)")
            }
        }
    }

    @Test func needsNoPrivilege() async throws {
        try await withSampleSchema { connection in
            let superuser = try await CatalogPortrait.take(on: connection)
            try await connection.run("SET ROLE pg_signal_backend")
            #expect(try await CatalogPortrait.take(on: connection).differences(from: superuser) == [])
        }
    }

    @Test func connectionIsUsableAfterwards() async throws {
        try await withSampleSchema { connection in
            _ = try await CatalogPortrait.take(on: connection)
            try await connection.run("CREATE TABLE app.later (id integer)")
            let path = try await connection.value("SHOW search_path", as: String.self)
            #expect(path.contains("public"))
        }
    }

    private func withSampleSchema(_ body: (Connection) async throws -> Void) async throws {
        try await withDatabase { parameters in
            let connection = try await Connection.open(parameters)
            try await SampleSchema.create(on: connection)
            try await body(connection)
            await connection.close()
        }
    }
}
