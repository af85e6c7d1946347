import OnlineChange
import Postgres
import TestSupport
import Testing

/// What tells whether the legacy column is still used.
@Suite(.database, .timeLimit(.minutes(20)))
struct EvidenceTests {
    private func evidence(
        of change: String = Rename.change,
        as parameters: ConnectionParameters? = nil,
        quiet: Double = 86400,
        scans: Bool = false
    ) async throws -> Evidence {
        try await Evidence.read(
            try parameters ?? TestDatabase.current.parameters,
            Evidence.Request(change: change, quiet: quiet, scans: scans)
        )
    }

    @Test func writesAndQuiet() async throws {
        let connection = try await TruthTable(.swapped).connection
        let before = try await evidence(quiet: 0)
        #expect(before.writes.map(\.count) == [0])
        #expect(before.isQuiet)
        try await connection.run("UPDATE t SET name = 'a' WHERE id = 1")
        let after = try await evidence(quiet: 3600)
        let writes = try #require(after.writes.first)
        #expect(writes.kind == .legacy)
        #expect(writes.count == 1)
        #expect(writes.first == writes.last)
        #expect((0.0...60).contains(try #require(after.quietSeconds)))
        #expect(!after.isQuiet)
        #expect(after.reasons.first?.text.hasPrefix("the last write of an old release came") == true)
        await connection.close()
    }

    @Test func beforeSwap() async throws {
        let connection = try await TruthTable(.backfilled).connection
        let found = try await evidence()
        #expect(found.swappedAt == nil)
        #expect(found.writes.isEmpty)
        #expect(found.quietSeconds == nil)
        #expect(!found.isQuiet)
        await connection.close()
    }

    @Test func disabledCounter() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await connection.script(["ALTER TABLE t DISABLE TRIGGER \"!online_change full_name count u\""])
        let found = try await evidence(quiet: 0)
        #expect(found.quietSeconds == nil)
        #expect(found.writes.first?.problem?.hasPrefix("a trigger that counts was dropped or disabled") == true)
        #expect(!found.isQuiet)
        await connection.close()
    }

    @Test func objects() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await connection.script([
            """
            CREATE VIEW named AS SELECT id, name FROM t; CREATE INDEX mine ON t (name); CREATE TABLE log (x text);
            CREATE FUNCTION report() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(name) FROM t); END';
            CREATE FUNCTION other() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(full_name) FROM t); END';
            CREATE FUNCTION whole() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(name) FROM t; END;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := lower(NEW.name); RETURN NEW; END';
            CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE RULE logged AS ON DELETE TO t DO ALSO INSERT INTO log VALUES (OLD.name);
            ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY named ON t USING (name <> '');
            CREATE TRIGGER worded BEFORE UPDATE OF name ON t FOR EACH ROW EXECUTE FUNCTION touch();
            """
        ])
        let found = try await evidence().objects
        let inTheWay = found.filter(\.isInTheWay).map { "\($0.basis.rawValue) \($0.object)" }.sorted()
        #expect(
            inTheWay == [
                "server function public.whole()", "server policy named on table public.t",
                "server rule _RETURN on view public.named", "server rule logged on table public.t",
                "server trigger worded on table public.t", "text function public.touch()",
            ]
        )
        let others = found.filter { !$0.isInTheWay }.map { "\($0.basis.rawValue) \($0.object)" }
        #expect(others == ["server index public.mine", "text function public.report()"])
        await connection.close()
    }

    @Test func sessionsAndPreparedTransactions() async throws {
        let connection = try await TruthTable(.swapped).connection
        let old = try await TestDatabase.current.connect()
        try await old.run("SET application_name = 'release-1'")
        try await old.run("BEGIN")
        try await old.run("UPDATE t SET name = 'secret' WHERE id = 1")
        let found = try await evidence()
        let session = try #require(found.sessions.first)
        #expect(found.sessions.count == 1)
        #expect(session.application == "release-1")
        #expect(session.state == "idle in transaction")
        #expect(session.query == "update t set name = ? where id = ?")
        #expect(session.basis == .server)
        try await old.run("PREPARE TRANSACTION 'pending'")
        try await old.run("SELECT 1")
        let later = try await evidence()
        #expect(later.sessions.isEmpty)
        #expect(later.preparedTransactions.map(\.prepared) == ["pending"])
        #expect(later.reasons.first?.weight == .inTheWay)
        try await old.run("ROLLBACK PREPARED 'pending'")
        await old.close()
        await connection.close()
    }

    /// Who may read the ledger may see the evidence, and is told what it may not see.
    @Test func readOnlyRole() async throws {
        let connection = try await TruthTable(.swapped).connection
        try await withRole { role in
            try await connection.script([
                "GRANT USAGE ON SCHEMA online_change TO \(role)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA online_change TO \(role)",
            ])
            try await connection.run("UPDATE t SET name = 'a' WHERE id = 1")
            try await connection.run("SET application_name = 'release-1'")
            let found = try await evidence(as: try await TestDatabase.current.parameters(as: role))
            #expect(found.writes.map(\.count) == [1])
            #expect(found.hiddenSessions == 1)
            #expect(found.statements?.problem == "pg_stat_statements is not loaded")
        }
        await connection.close()
    }

    @Test func filledWrites() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, NULL)")
        let runner = Runner(parameters: database.parameters) { _ in }
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("add-not-null"),
            table: "t",
            columns: ["column": "name"],
            texts: ["fill": "'unknown'"]
        )
        try await runner.start(request, through: "backfill")
        let none = try await evidence(of: "t.name-not-null")
        #expect(none.writes.map(\.count) == [0])
        try await database.run("INSERT INTO t VALUES (2, NULL), (3, NULL); INSERT INTO t VALUES (4, 'd')")
        try await runner.start(request, through: "swap")
        try await database.run("INSERT INTO t (id) VALUES (5)")
        let some = try await evidence(of: "t.name-not-null")
        #expect(some.writes.map(\.count) == [3])
        #expect(some.writes.map(\.kind) == [.filled])
        #expect(some.statements == nil)
        #expect(some.reasons.first?.text.hasPrefix("the last write of an old release came") == true)
        try await runner.start(request, through: "drop")
        #expect(try await database.value("SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_filled\\_%'") == 0)
    }

    /// Of a change with companions every column counts for itself.
    @Test func cascade() async throws {
        let database = try TestDatabase.current
        try await database.run(
            """
            CREATE TABLE parent (id int PRIMARY KEY);
            CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent);
            """
        )
        let runner = Runner(parameters: database.parameters) { _ in }
        let request = ChangeRequest(
            recipe: try RecipeReader.builtIn("change-type"),
            table: "parent",
            columns: ["column": "id"],
            texts: ["type": "bigint", "cascade": "yes"]
        )
        try await runner.start(request, through: "swap")
        let none = try await evidence(of: "parent.id-to-bigint", quiet: 0, scans: true)
        #expect(none.writes.map(\.table) == ["public.parent", "public.child"])
        #expect(none.writes.map(\.column) == ["id_old", "parent_old"])
        #expect(none.unfit?.rows == 0)
        try await database.run(
            "INSERT INTO parent (id) VALUES (5000000000); INSERT INTO child (id, parent) VALUES (1, 5000000000)"
        )
        let some = try await evidence(of: "parent.id-to-bigint", scans: true)
        #expect(some.unfit?.rows == 2)
    }
}
