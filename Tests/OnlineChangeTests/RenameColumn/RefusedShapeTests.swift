import OnlineChange
import Postgres
import TestSupport
import Testing

/// Tables that can't be changed without harm are refused before anything is touched.
@Suite(.timeLimit(.minutes(20)), .database)
struct RefusedShapeTests {
    private static let refused: [(object: String, setup: SQL)] = [
        (
            "column public.item.name",
            """
            CREATE DOMAIN base AS text NOT NULL; CREATE DOMAIN label AS base CHECK (VALUE <> '');
            ALTER TABLE item ALTER name TYPE label
            """
        ),
        ("index item_whole", "CREATE INDEX item_whole ON item (hash_record(item))"),
        ("index item_some", "CREATE INDEX item_some ON item (id) WHERE item IS NOT NULL"),
        ("constraint filled", "ALTER TABLE item ADD CONSTRAINT filled CHECK (item IS NOT NULL)"),
        (
            "table public.item",
            "ALTER TABLE item REPLICA IDENTITY NOTHING; CREATE PUBLICATION news FOR TABLE item"
        ),
        (
            "table public.item",
            """
            ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (id) DEFERRABLE;
            CREATE PUBLICATION news FOR TABLE item
            """
        ),
        (
            "rule always",
            """
            CREATE RULE always AS ON UPDATE TO item DO ALSO SELECT 1; ALTER TABLE item ENABLE ALWAYS RULE always
            """
        ),
        (
            "rule replica",
            """
            CREATE RULE replica AS ON UPDATE TO item DO INSTEAD NOTHING; ALTER TABLE item ENABLE REPLICA RULE replica
            """
        ),
    ]

    @Test(arguments: refused)
    func isRefusedByName(object: String, setup: SQL) async throws {
        let shape = Shape.textTable("refused", setup, acknowledge: ["publication news"])
        let database = try TestDatabase.current
        let rename = try await ShapeRename(shape, in: database.parameters)
        try await rename.connection.script([shape.setup])
        let failure = try #require(await refusal { try await rename.start(through: "expand") })
        #expect(failure.kind == .refused)
        #expect(failure.message.contains("\(object): "))
        #expect(failure.left == "Nothing was changed.")
        #expect(failure.next != nil)
        let ledgers: Int = try await database.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'online_change'")
        #expect(ledgers == 0)
        await rename.connection.close()
    }

    /// The server refuses every UPDATE of a table whose publication leaves out a column of the replica identity.
    @Test(
        .server(from: 15),
        arguments: [
            "FOR TABLE item (name)", "FOR TABLE item WHERE (name <> '')",
            "FOR TABLE item (id, name, code) WHERE (code <> '')",
        ] as [SQL]
    )
    func publicationThatContradictsReplicaIdentityIsRefused(target: SQL) async throws {
        let setup: SQL = "ALTER TABLE item ADD code text; CREATE PUBLICATION news \(target)"
        let shape = Shape.textTable("refused", setup, acknowledge: ["publication news"])
        let rename = try await ShapeRename(shape, in: TestDatabase.current.parameters)
        try await rename.connection.script([shape.setup])
        let failure = try #require(await refusal { try await rename.start(through: "expand") })
        #expect(failure.message.hasPrefix("publication news: its columns or its filter"))
        await rename.connection.close()
    }

    /// One that names more than the identity, or filters by it alone, is in nobody's way.
    @Test(.server(from: 15))
    func publicationThatGoesWithReplicaIdentityIsNot() async throws {
        let setup: SQL = "CREATE PUBLICATION news FOR TABLE item (id, name) WHERE (id > 1)"
        let shape = Shape.textTable("published", setup)
        let rename = try await ShapeRename(shape, in: TestDatabase.current.parameters)
        try await rename.connection.script([shape.setup])
        try await rename.start(through: "drop")
        await rename.connection.close()
    }

    /// What both changes would have to make anew keeps the second one from starting, and lets it once the first is over.
    @Test(
        arguments: [
            ("index shared", "CREATE INDEX shared ON item (name, code)"),
            ("index read", "CREATE INDEX read ON item (code) WHERE name <> ''"),
            (
                "trigger shared",
                "CREATE TRIGGER shared BEFORE UPDATE OF name, code ON item FOR EACH ROW EXECUTE FUNCTION touch()"
            ),
            (
                "trigger read",
                """
                CREATE TRIGGER read BEFORE UPDATE OF code ON item FOR EACH ROW WHEN (NEW.name <> '') EXECUTE FUNCTION touch()
                """
            ),
        ] as [(String, SQL)]
    )
    func sharedObjectKeepsTwoChangesApart(object: String, statement: SQL) async throws {
        guard try await !Shape.possible().isEmpty else { return }
        let setup: SQL = """
            ALTER TABLE item ADD code text;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \(statement)
            """
        let shape = Shape.textTable("two", setup)
        var other = shape
        (other.from, other.to) = ("code", "number")
        let database = try TestDatabase.current.parameters
        let first = try await ShapeRename(shape, in: database)
        let second = try await ShapeRename(other, in: database)
        try await first.connection.script([shape.setup])
        try await first.start(through: "expand")
        let failure = try #require(await refusal { try await second.start(through: "expand") })
        #expect(failure.kind == .refused)
        #expect(failure.message.hasPrefix("\(object): "))
        try await first.start(through: "drop")
        try await second.start(through: "drop")
        for rename in [first, second] { await rename.connection.close() }
    }

    /// A role that can't keep rules still would have the backfill rewritten by them.
    @Test func ruleOnUpdateIsRefusedToOwner() async throws {
        let setup: SQL = "CREATE RULE kept AS ON UPDATE TO item DO ALSO SELECT 1"
        try await withRole { role in
            let shape = Shape.textTable("rule", setup)
            let database = try TestDatabase.current
            try await database.run(
                """
                \(shape.setup); ALTER TABLE item OWNER TO \(role); GRANT CREATE ON SCHEMA public TO \(role);
                GRANT CREATE ON DATABASE \(Identifier(database.name)) TO \(role)
                """
            )
            let rename = try await ShapeRename(shape, in: database.parameters, as: database.parameters(as: role))
            let failure = try #require(await refusal { try await rename.start(through: "expand") })
            #expect(failure.message.contains("rule kept: "))
            await rename.connection.close()
        }
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
