import Postgres
import TestSupport
import Testing

@testable import OnlineChange

/// What is read of a real server, by roles that see everything and by those that don't.
@Suite(.database, .timeLimit(.minutes(5)))
struct ThrottleWatchTests {
    private func watch(_ parameters: ConnectionParameters, owner: Identifier = "postgres") async throws -> (
        Session, ThrottleWatch
    ) {
        let session = try await Session.open(parameters)
        try await session.secure(as: nil)
        return (session, ThrottleWatch(session: session, parameters: parameters, owner: owner))
    }

    @Test("A session that waits for a row of ours holds us back until it has it")
    func waiter() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE t AS SELECT 1 AS a")
        let (session, watch) = try await watch(database.parameters)
        let ours = try await database.connect()
        let pid: Int = try await ours.value("SELECT pg_backend_pid()")
        let held = { try await watch.look(Controls(), ours: [pid]).filter { $0.signal == "lock-waiters" } }
        try await ours.run("BEGIN")
        try await ours.run("UPDATE t SET a = 2")
        #expect(try await held().isEmpty)
        let application = try await database.connect()
        async let update = application.run("UPDATE t SET a = 3")
        try await eventually { try await !held().isEmpty }
        #expect(try await held()[0].reason == "sessions that wait for a lock of ours: 1, limit 0 (--max-waiters)")
        #expect(try await watch.look(Controls(limits: [.lockWaiters: .at(1)]), ours: [pid]).isEmpty)
        try await ours.run("COMMIT")
        _ = try await update
        #expect(try await held().isEmpty)
        for connection in [ours, application] { await connection.close() }
        await session.close()
    }

    @Test("A role that sees nothing of others takes their sessions for active, and their snapshots by their number")
    func unprivileged() async throws {
        let database = try TestDatabase.current
        try await withRole { role in
            let (session, watch) = try await watch(try await database.parameters(as: role), owner: role)
            let connection = try await Connection.open(
                ConnectionParameters(conninfo: database.parameters.conninfo, applicationName: "application")
            )
            let unseen = try await Throttle.look(session, ours: []).signals
            #expect(unseen.unseenBackends > 0)
            #expect((unseen.activeBackends.value ?? 0) >= Double(unseen.unseenBackends))
            // A transaction that began before the first look and wrote: that is all that can be known of it.
            try await connection.run("CREATE TABLE t (a int)")
            try await connection.run("BEGIN")
            try await connection.run("INSERT INTO t VALUES (1)")
            try await database.run("INSERT INTO t VALUES (2)")
            let limits: Limits = [.snapshotAge: .at(0.3), .activeBackends: .off]
            let held = { try await watch.look(Controls(limits: limits), ours: []).map(\.signal) }
            try await eventually {
                try await database.run("INSERT INTO t VALUES (3)")
                return try await held().contains("oldest-snapshot")
            }
            try await connection.run("COMMIT")
            try await eventually { try await !held().contains("oldest-snapshot") }
            await connection.close()
            await session.close()
        }
    }

    @Test("A prepared transaction is an old snapshot too, by name")
    func prepared() async throws {
        let database = try TestDatabase.current
        try await database.run("CREATE TABLE t (a int)")
        let session = try await Session.open(database.parameters)
        let connection = try await database.connect()
        try await connection.run("BEGIN")
        try await connection.run("INSERT INTO t VALUES (1)")
        try await connection.run("PREPARE TRANSACTION 'forgotten in the watch'")
        try await database.run("INSERT INTO t VALUES (2)")
        let oldest = try await OldestSnapshot.read(session, ours: [])
        #expect(oldest.horizon < oldest.next)
        #expect(oldest.holder?.contains("'forgotten in the watch'") == true, "\(oldest.holder ?? "none")")
        try await connection.run("ROLLBACK PREPARED 'forgotten in the watch'")
        await connection.close()
        await session.close()
    }

    @Test(
        "The user's query runs by the user's search_path, as the owner, read-only, and not for long",
        arguments: [
            ("SELECT stop FROM flag", .goOn), ("SELECT count(*) FROM flag;", .wait),
            ("SELECT stop FROM flag WHERE stop", .unusable("it gave NULL or no row")),
            ("VALUES (true), (false)", .unusable("more than one row returned by a subquery used as an expression")),
            ("SELECT 1, 2", .unusable("subquery must return only one column")),
            ("SELECT 'soon'", .unusable("'soon' is neither boolean nor number")),
            ("SELECT stop FROM elsewhere", .unusable("relation \"elsewhere\" does not exist")),
            ("SELECT pg_sleep(30) IS NULL", .unusable("canceling statement due to statement timeout")),
            ("SELECT nextval('counter')", .unusable("cannot execute nextval() in a read-only transaction")),
            (
                "SELECT true); DROP TABLE flag; --",
                .unusable("it holds a comment, a dollar quote or a second statement")
            ),
        ] as [(String, Throttle.Answer)]
    )
    func query(query: String, expected: Throttle.Answer) async throws {
        let database = try TestDatabase.current
        let name = Identifier(database.name)
        try await database.run(
            """
            CREATE SCHEMA app; CREATE TABLE app.flag AS SELECT false AS stop; CREATE SEQUENCE app.counter;
            ALTER DATABASE \(name) SET search_path = app
            """
        )
        let probe = ThrottleProbe(parameters: database.parameters, owner: "postgres")
        #expect(try await probe.ask(query) == expected)
        // Whatever it was, it can be asked again.
        #expect(try await probe.ask("SELECT stop FROM flag") == .goOn)
        await probe.close()
    }

    @Test(
        "A query that can never give an answer is refused, one that only has none now isn't",
        arguments: [
            ("SELEC 1", true), ("SELECT stop FROM nowhere", true), ("nothing > 1", true), ("'soon'", true),
            ("true -- or not", true), ("SELECT id FROM secret", true), ("SELECT NULL::boolean", false),
            ("SELECT stop FROM flag WHERE false", false), ("pg_sleep(3) IS NULL", false), ("1 / 0", false),
            ("SELECT stop FROM flag", false),
        ]
    )
    func flaws(query: String, isFlawed: Bool) async throws {
        try await withRole { role in
            let database = try TestDatabase.current
            try await database.run(
                """
                CREATE TABLE flag AS SELECT false AS stop; CREATE TABLE secret (id int); GRANT SELECT ON flag TO \(role)
                """
            )
            let probe = ThrottleProbe(parameters: database.parameters, owner: role)
            let flaw = try await probe.flaw(of: query)
            #expect((flaw != nil) == isFlawed, "\(flaw?.message ?? "")")
            #expect(flaw.map { $0.kind == .usage } ?? true)
            await probe.close()
        }
    }

    @Test("Hours are told by the server, in its own zone or a named one")
    func zones() async throws {
        let session = try await Session.open(TestDatabase.current.parameters)
        let minute = { (text: String) in
            let hours = try #require(Hours("01:00-02:00\(text)"))
            return try await Throttle.minute(hours, on: session)
        }
        let utc = try #require(try await minute(" UTC"))
        let tokyo = try #require(try await minute(" Asia/Tokyo"))
        #expect([9 * 60, 9 * 60 + 1].contains((tokyo - utc + 1440) % 1440))
        #expect(try await minute("") != nil)
        #expect(try await minute(" Nowhere") == nil)
        await session.close()
    }
}
