import Foundation
import OnlineChange
import Postgres
import TestSupport
import Testing
import ThrowawayPostgres

/// What `evidence` says before and after the old release stops. `ONLINE_CHANGE_SHOW=1` prints it.
@Suite(.timeLimit(.minutes(20)))
struct EvidenceTests {
    /// A server that keeps statistics of statements, and a session of each release.
    @Test(.extensions("pg_stat_statements")) func oldReleaseStops() async throws {
        let cluster = try await ThrowawayCluster.start(settings: ["shared_preload_libraries": "pg_stat_statements"])
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        let owner = try await Connection.open(parameters)
        try await owner.script([
            """
            CREATE EXTENSION pg_stat_statements; CREATE TABLE users (id int PRIMARY KEY, name text);
            INSERT INTO users SELECT n, 'name ' || n FROM generate_series(1, 1000) n;
            CREATE TABLE products (id int, name text); CREATE ROLE app LOGIN; GRANT ALL ON users, products TO app;
            """
        ])
        let swap = try await tool(["rename-column", "users", "name", "full_name", "--through", "swap"], parameters)
        #expect(swap.code == 0, "\(swap.errors)")
        try await owner.run("SELECT pg_stat_statements_reset()")

        let releases = [try await release("release-1", cluster), try await release("release-2", cluster)]
        try await releases[1].run("UPDATE users SET full_name = 'Ada' WHERE id = 2")
        try await releases[1].run(
            "SELECT u.full_name AS name, p.name FROM users u LEFT JOIN products p USING (id) LIMIT 1"
        )
        try await releases[0].run("UPDATE users SET name = 'Grace' WHERE id = 1")
        try await releases[0].run("SELECT name FROM users WHERE id = 1")
        let before = try await tool(["evidence", "users.name-to-full_name", "--require-quiet", "2s"], parameters)
        show(before.output)
        #expect(before.code == 78)
        #expect(before.output.contains("not yet: the last write of an old release came"))
        #expect(before.output.contains("public.users.name: 1 by this name alone since swap, the first at"))
        #expect(before.output.contains("app, 1 call, the server says so: update users set name = ? where id = ?"))
        #expect(before.output.contains("(app, release-1, idle for"))
        #expect(!before.output.contains("products"))
        #expect(!before.output.contains("release-2"))

        await releases[0].close()
        try await Task.sleep(for: .seconds(2))
        async let goingOn: Void = traffic(releases[1])
        let after = try await tool(
            ["evidence", "users.name-to-full_name", "--require-quiet", "2s", "--watch", "1s"],
            parameters
        )
        try await goingOn
        show(after.output)
        #expect(after.code == 0)
        #expect(after.output.contains("nothing speaks against drop"))
        #expect(after.output.contains("app, 1 call, 0 while watched, the server says so: update users set name = ?"))
        // What the tool had parsed is in nobody's statistics.
        let traces: Int = try await owner.value(
            "SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%_evidence(%'"
        )
        #expect(traces == 0)
        let drop = try await tool(["advance", "users.name-to-full_name", "--require-quiet", "2s", "--yes"], parameters)
        #expect(drop.code == 0, "\(drop.errors)")
        await releases[1].close()
        await owner.close()
        try await cluster.destroy()
    }

    /// Settings that only a server of its own can have.
    @Test func doctorOfABadlySetServer() async throws {
        let cluster = try await ThrowawayCluster.start(settings: [
            "wal_level": "logical", "autovacuum": "off", "max_locks_per_transaction": "10", "max_connections": "10",
            "max_wal_senders": "2", "max_prepared_transactions": "0",
        ])
        let parameters = ConnectionParameters(conninfo: cluster.dsn())
        let connection = try await Connection.open(parameters)
        try await connection.script([
            """
            CREATE TABLE parts (id int) PARTITION BY LIST (id); SET synchronous_commit = local;
            DO $$ BEGIN FOR n IN 1..60 LOOP
              EXECUTE format('CREATE TABLE part_%s PARTITION OF parts FOR VALUES IN (%s)', n, n); END LOOP; END $$
            """
        ])
        try await connection.run(
            "UPDATE pg_database SET datfrozenxid = ((txid_current() - 900000000 + 4294967296) % 4294967296)::text::xid WHERE datname = current_database()"
        )
        try await connection.run("ALTER SYSTEM SET synchronous_standby_names = 'nowhere'")
        try await connection.run("SELECT pg_reload_conf()")
        try await eventually { try await connection.value("SHOW synchronous_standby_names") == "nowhere" }
        let doctor = try await tool(["doctor"], parameters)
        show(doctor.output)
        #expect(doctor.code == 78)
        for said in [
            "blocks         setting synchronous_standby_names: ", "hurts          setting autovacuum: it is off",
            "hurts          table public.parts: it has 61 partitions and indexes",
            "hurts          database postgres: its oldest",
            "worth knowing  setting wal_level: it is logical",
        ] {
            #expect(doctor.output.contains(said), "\(said)\n\(doctor.output)")
        }
        await connection.close()
        try await cluster.destroy()
    }

    /// A standby that lags, and what both commands say when they are asked there.
    @Test func onAStandby() async throws {
        let primary = try await ThrowawayCluster.start(settings: ["wal_level": "replica", "wal_keep_size": "256MB"])
        let parameters = ConnectionParameters(conninfo: primary.dsn())
        let standby = try await Standby.start(of: primary)
        let connection = try await Connection.open(parameters)
        try await connection.script(["CREATE TABLE users (id int PRIMARY KEY, name text)"])
        let swap = try await tool(["rename-column", "users", "name", "full_name", "--through", "swap"], parameters)
        #expect(swap.code == 0, "\(swap.errors)")
        let there = ConnectionParameters(conninfo: standby.cluster.dsn())
        try await eventually {
            try await tool(["evidence", "users.name-to-full_name"], there).output.contains(
                "which column a statement means: a standby parses nothing"
            )
        }
        let doctor = try await tool(["doctor"], there)
        #expect(doctor.code == 78)
        #expect(doctor.output.contains("blocks         server: it is a standby and can't be written to"))
        try await standby.call("pg_wal_replay_pause()")
        for _ in 0..<5 {
            try await connection.run("INSERT INTO users (id) SELECT coalesce(max(id), 0) + 1 FROM users")
            try await connection.run("SELECT pg_switch_wal()")
        }
        try await eventually { try await tool(["doctor"], parameters).output.contains("of WAL still to replay") }
        await connection.close()
        try await standby.cluster.destroy()
        try await primary.destroy()
    }

    private func release(_ name: String, _ cluster: ThrowawayCluster) async throws -> Connection {
        let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn(user: "app")))
        try await connection.run("SELECT pg_catalog.set_config('application_name', \(name), false)")
        return connection
    }

    private func traffic(_ connection: Connection) async throws {
        for id in 1...20 {
            try await connection.run("UPDATE users SET full_name = 'Ada' WHERE id = \(id)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func tool(_ arguments: [String], _ parameters: ConnectionParameters) async throws -> Tool.Output {
        try await Tool.output(arguments, on: parameters)
    }

    private func show(_ text: String) {
        if ProcessInfo.processInfo.environment["ONLINE_CHANGE_SHOW"] != nil { print(text) }
    }
}
