import OnlineChange
import Postgres
import TestSupport
import Testing

/// Each finding is made true on a real server.
@Suite(.database, .timeLimit(.minutes(20)))
struct DoctorTests {
    private func diagnosis(
        of table: String? = nil,
        as parameters: ConnectionParameters? = nil,
        patience: Double = 60
    ) async throws -> Diagnosis {
        try await Diagnosis.make(
            try parameters ?? TestDatabase.current.parameters,
            table: table,
            patience: patience
        )
    }

    /// What is said of an object: `hurts: it is invalid …`.
    private func said(_ object: String, in diagnosis: Diagnosis) -> [String] {
        diagnosis.ailments.filter { $0.object == object }.map { "\($0.weight.rawValue): \($0.message) -> \($0.remedy)" }
    }

    @Test func nothing() async throws {
        try await TestDatabase.current.run("CREATE TABLE t (id int PRIMARY KEY, name text)")
        let found = try await diagnosis()
        #expect(found.ailments.filter { $0.object.contains("public.") } == [])
        #expect(!found.blocks)
        #expect(found.unseen == [])
        #expect(try await diagnosis(of: "t").ailments.filter { $0.object.contains("public.") } == [])
    }

    @Test func unknownTable() async throws {
        try await TestDatabase.current.run("CREATE TABLE orders (id int)")
        let failure = await #expect(throws: Failure.self) { try await diagnosis(of: "order") }
        #expect(failure?.next == "Did you mean public.orders?")
    }

    @Test func indexAndAutovacuum() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE t (x int) WITH (autovacuum_enabled = off); INSERT INTO t VALUES (1), (1); CREATE TABLE other (x int)
            """
        )
        let connection = try await database.connect()
        _ = try? await connection.run("CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)")
        await connection.close()
        for found in [try await diagnosis(), try await diagnosis(of: "t")] {
            #expect(
                said("index public.t_x", in: found).first?.hasPrefix("hurts: it is invalid: a concurrent build") == true
            )
            #expect(said("table public.t", in: found).first?.hasPrefix("hurts: autovacuum_enabled is off") == true)
        }
        #expect(said("index public.t_x", in: try await diagnosis(of: "other")) == [])
    }

    @Test func integersNearTheirEnd() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE orders (id serial PRIMARY KEY); SELECT setval('orders_id_seq', 1900000000);
            CREATE TABLE line (id int PRIMARY KEY, orders int REFERENCES orders);
            CREATE TABLE part (id int PRIMARY KEY REFERENCES orders);
            CREATE TABLE "Tiny" (id smallint PRIMARY KEY); INSERT INTO "Tiny" VALUES (20000);
            CREATE TABLE wide (id bigserial PRIMARY KEY); ALTER SEQUENCE wide_id_seq AS int;
            SELECT setval('wide_id_seq', 2000000000);
            CREATE TABLE roomy (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
            CREATE SEQUENCE shared; CREATE TABLE taker (id int DEFAULT nextval('shared')); SELECT setval('shared', 2100000000);
            """
        )
        let found = try await diagnosis()
        #expect(
            said("column public.orders.id", in: found) == [
                "hurts: it is at 1,900,000,000 of 2,147,483,647 (88 % of integer); 2 columns refer to it and must follow -> "
                    + "online-change change-type public.orders id bigint --cascade"
            ]
        )
        #expect(
            said("column public.Tiny.id", in: found) == [
                "worthKnowing: it is at 20,000 of 32,767 (61 % of smallint) -> "
                    + #"online-change change-type '"public"."Tiny"' id bigint"#
            ]
        )
        #expect(
            said("column public.wide.id", in: found) == [
                "hurts: it is at 2,000,000,000 of 2,147,483,647 (93 % of the sequence public.wide_id_seq) -> "
                    + "ALTER SEQUENCE public.wide_id_seq AS bigint MAXVALUE 9223372036854775807;"
            ]
        )
        #expect(said("column public.taker.id", in: found).count == 1)
        #expect(said("column public.roomy.id", in: found) == [])
        #expect(try await diagnosis(of: "orders").ailments.filter { $0.object.hasPrefix("column") }.count == 1)
        // The advice can be taken.
        try await TestDatabase.current.run("ALTER SEQUENCE public.wide_id_seq AS bigint MAXVALUE 9223372036854775807")
        #expect(said("column public.wide.id", in: try await diagnosis()) == [])
    }

    @Test func settingsOfRoles() async throws {
        try await withRole { role in
            try await TestDatabase.current.run(
                """
                ALTER ROLE \(role) SET lock_timeout = '50ms'; ALTER ROLE \(role) SET statement_timeout = 150;
                ALTER ROLE \(role) SET deadlock_timeout = '20ms'; ALTER ROLE \(role) SET work_mem = '8MB';
                ALTER ROLE \(role) SET default_transaction_isolation = 'serializable';
                """
            )
            let lines = said("role \(role)", in: try await diagnosis())
            #expect(
                lines.map { $0.prefix(40) } == [
                    "hurts: lock_timeout is 50ms: its stateme", "hurts: statement_timeout is 150: its sta",
                    "worthKnowing: it defaults to REPEATABLE ", "worthKnowing: deadlock_timeout is 20ms: ",
                ]
            )
        }
    }

    @Test func openTransactions() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE t (id int); CREATE TABLE u (id int)")
        let idle = try await database.connect()
        try await idle.run("SET application_name = 'forgotten'")
        let pid: Int = try await idle.value("SELECT pg_backend_pid()")
        try await idle.run("BEGIN")
        try await idle.run("SELECT id FROM t WHERE id = 4711")
        let preparing = try await database.connect()
        try await preparing.run("BEGIN")
        try await preparing.run("INSERT INTO t VALUES (1)")
        try await preparing.run("PREPARE TRANSACTION 'doctor'")
        #expect(said("session \(pid)", in: try await diagnosis()) == [])
        try await Task.sleep(for: .milliseconds(1100))
        let found = try await diagnosis(patience: 0.5)
        let line = try #require(said("session \(pid)", in: found).first)
        #expect(line.contains("idle in transaction for 1."))
        #expect(line.contains("select id from t where id = ?"))
        #expect(line.contains("SELECT pg_terminate_backend(\(pid));"))
        #expect(said("prepared transaction 'doctor'", in: found).count == 1)
        #expect(said("table public.t", in: try await diagnosis(of: "t")).count == 2)
        #expect(said("table public.u", in: try await diagnosis(of: "u")) == [])
        try await preparing.run("ROLLBACK PREPARED 'doctor'")
        await preparing.close()
        await idle.close()
    }

    @Test func leftovers() async throws {
        let connection = try await TruthTable(.swapped).connection
        let object = "change \(Rename.change)"
        #expect(said(object, in: try await diagnosis()).first?.hasPrefix("worthKnowing: it has reached swap") == true)
        try await connection.run(
            "UPDATE online_change.change SET heartbeat = clock_timestamp() - interval '1 hour', runner = 'gone'"
        )
        #expect(
            said(object, in: try await diagnosis()) == [
                "hurts: it has stopped after swap: its runner is dead -> online-change advance \(Rename.change), or: "
                    + "online-change rollback \(Rename.change)"
            ]
        )
        #expect(said("schema online_change", in: try await diagnosis()) == [])
        try await connection.script([
            """
            ALTER TABLE t DISABLE TRIGGER ALL; TRUNCATE online_change.change CASCADE;
            DROP TRIGGER "~online_change full_name out" ON t
            """
        ])
        let found = try await diagnosis()
        #expect(
            said("table public.t", in: found).first?.hasPrefix("blocks: 4 triggers on it belong to a change") == true
        )
        #expect(found.blocks)
        let left = try #require(said("schema online_change", in: found).first)
        #expect(
            left.hasPrefix(
                "worthKnowing: 4 of its functions and sequences belong to no unfinished change -> DROP FUNCTION"
            )
        )
        await connection.close()
    }

    @Test func roleWithoutRights() async throws {
        try await TestDatabase.current.run("CREATE TABLE t (id int PRIMARY KEY)")
        try await withRole { role in
            let parameters = try await TestDatabase.current.parameters(as: role)
            let all = try await diagnosis(as: parameters)
            let lines = said("role \(role)", in: all)
            #expect(lines.contains { $0.hasPrefix("blocks: the ledger needs a schema") })
            #expect(lines.contains { $0.hasPrefix("hurts: it is no member of pg_monitor") })
            #expect(lines.contains { $0.hasPrefix("worthKnowing: it may not set session_replication_role") })
            #expect(lines.contains { $0.hasPrefix("worthKnowing: it can't change the 1 table of") })
            let one = try await diagnosis(of: "t", as: parameters)
            #expect(said("role \(role)", in: one).first?.hasPrefix("blocks: only the owner of table public.t") == true)
        }
    }

    @Test func tableThatCantBeChanged() async throws {
        try await TestDatabase.current.run(
            """
            CREATE VIEW v AS SELECT 1 AS id; CREATE TABLE t (id int); CREATE PUBLICATION p FOR TABLE t;
            CREATE TABLE old (id int) WITH (autovacuum_freeze_max_age = 100000);
            UPDATE pg_class SET relfrozenxid =
              ((txid_current() - 150000 + 4294967296) % 4294967296)::text::xid WHERE relname = 'old'
            """
        )
        #expect(try await diagnosis(of: "v").blocks)
        let published = try await diagnosis(of: "t")
        #expect(said("table public.t", in: published).first?.hasPrefix("blocks: it has no replica identity") == true)
        for found in [try await diagnosis(), try await diagnosis(of: "old")] {
            #expect(said("table public.old", in: found).first?.contains("its oldest transaction number is 15") == true)
        }
    }

    @Test func slots() async throws {
        let connection = try await TestDatabase.current.connect()
        let name: String = try await connection.value("SELECT 'doctor_' || pg_backend_pid()")
        try await connection.run("SELECT pg_create_physical_replication_slot(\(name), true)")
        let line = said("replication slot '\(name)'", in: try await diagnosis()).first
        try await connection.run("SELECT pg_drop_replication_slot(\(name))")
        #expect(line?.hasPrefix("hurts: nobody reads it, and it retains ") == true)
        await connection.close()
    }

    @Test(.enabled(if: PgBouncer.program != nil)) func pooler() async throws {
        try await PgBouncer.run(mode: "transaction") { parameters in
            let found = try await Diagnosis.make(parameters, table: nil)
            #expect(found.blocks)
            #expect(found.ailments.map(\.object) == ["connection"])
        }
    }
}
