import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database, .server(from: 15)) struct PartitionCheckTests {
    private static let key = """
        : a trigger may not move a row to another partition, which a write by the other name would have to
        Nothing was changed.
        Use ALTER TABLE in a quiet moment, or move the rows to a table with another key.
        """

    @Test(
        "A column of a partition key is refused, at any level and in expressions",
        arguments: [
            ("PARTITION BY LIST (name)", "public.users"),
            ("PARTITION BY RANGE (id, lower(name))", "public.users"),
            ("PARTITION BY HASH (id, name)", "public.users"),
            (
                """
                PARTITION BY LIST (id); CREATE TABLE part (name text, id integer) PARTITION BY LIST (id);
                ALTER TABLE users ATTACH PARTITION part DEFAULT; CREATE TABLE deep PARTITION OF part DEFAULT PARTITION BY HASH (name)
                """, "public.deep"
            ),
        ] as [(SQL, String)]
    )
    func key(partitioning: SQL, table: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (id integer, name text) \(partitioning)")
        try await #expect(
            AskedRename().refusal()
                == "refused: column public.users.name: it is in the partition key of \(table)\(Self.key)"
        )
    }

    @Test("The root is named for a partition at any depth")
    func partition() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE whole (id integer, name text) PARTITION BY LIST (id);
            CREATE TABLE half PARTITION OF whole DEFAULT PARTITION BY LIST (id); CREATE TABLE users PARTITION OF half DEFAULT
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: table public.users: it is a partition or child of public.whole, and its columns are that table's
                Nothing was changed.
                Name public.whole instead.
                """
        )
    }

    @Test(.enabled { await TestServer.hasExtension("file_fdw") })
    func foreignPartition() async throws {
        try await TestDatabase.current.run(
            """
            CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
            CREATE TABLE users (id integer, name text) PARTITION BY LIST (id);
            CREATE FOREIGN TABLE far PARTITION OF users DEFAULT SERVER files OPTIONS (filename '/dev/null')
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: partition public.far: it is a foreign table, and its rows are elsewhere
                Nothing was changed.
                Detach it until the change is finished: ALTER TABLE "public"."users" DETACH PARTITION "public"."far";
                """
        )
    }

    @Test func partitionOfAnotherOwner() async throws {
        try await withRole { role in
            try await TestDatabase.current.run(
                """
                CREATE TABLE users (id integer, name text) PARTITION BY LIST (id); CREATE TABLE theirs PARTITION OF users DEFAULT;
                ALTER TABLE theirs OWNER TO \(role); GRANT CREATE ON SCHEMA public TO \(role)
                """
            )
            let refusal = try await AskedRename().refusal()
            #expect(refusal.hasPrefix("refused: partition public.theirs: it belongs to \(role), and our session is "))
        }
    }

    @Test("UPDATE OF triggers of a partition's own must be acknowledged")
    func ownTrigger() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (id integer, name text) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF users DEFAULT;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER own BEFORE UPDATE OF name ON part FOR EACH ROW EXECUTE FUNCTION touch()
            """
        )
        let refusal = try await AskedRename().refusal()
        #expect(refusal.hasPrefix("refused: trigger own on public.part: it is the partition's own and fires"))
    }

    @Test("Rows and bytes are those of all partitions, and a difference is named with its partition")
    func wholeTable() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE users (id integer PRIMARY KEY, name text) PARTITION BY LIST (id);
            CREATE TABLE one PARTITION OF users FOR VALUES IN (1); CREATE TABLE rest PARTITION OF users DEFAULT;
            INSERT INTO users SELECT n, 'x' FROM generate_series(1, 300) n; ANALYZE users; ANALYZE one; ANALYZE rest
            """
        )
        let plan = try await AskedRename().plan()
        #expect(plan.estimatedRows == 300)
        #expect(plan.heapBytes == 3 * 8192)
        #expect(plan.text.contains("(its 2 partitions are locked with it)"))
    }
}
