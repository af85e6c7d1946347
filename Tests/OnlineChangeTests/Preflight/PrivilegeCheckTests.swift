import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct PrivilegeCheckTests {
    @Test func notTheOwner() async throws {
        try await withRole { role in
            try await TestDatabase.current.run("CREATE TABLE users (name text); GRANT ALL ON users TO \(role)")
            try await #expect(
                AskedRename(role: role).refusal() == """
                    privilege: role \(role): only the owner of table public.users, postgres, can change it
                    Nothing was changed.
                    Connect as postgres or as a superuser, or have one of them run: GRANT "postgres" TO \(role.quoted);
                    """
            )
        }
    }

    @Test func noSchemaForTheLedger() async throws {
        try await withRole { role in
            try await TestDatabase.current.run(
                "CREATE TABLE users (name text); ALTER TABLE users OWNER TO \(role)"
            )
            let database = try TestDatabase.current.name
            try await #expect(
                AskedRename(role: role).refusal() == """
                    privilege: role \(role): the ledger needs a schema, and neither it nor \(role) may create one
                    Nothing was changed.
                    As the database's owner: GRANT CREATE ON DATABASE "\(database)" TO \(role.quoted);
                    """
            )
            try await TestDatabase.current.run("GRANT CREATE ON DATABASE \(Identifier(database)) TO \(role)")
            try await AskedRename(role: role).start(through: "expand")
            try await AskedRename(role: role).rollback()
        }
    }

    @Test("The ledger of another role is refused with the grants that its owner must make, and they are enough")
    func othersLedger() async throws {
        try await withRole { role in
            try await TestDatabase.current.run(
                """
                CREATE TABLE others (name text); CREATE TABLE users (name text);
                ALTER TABLE users OWNER TO \(role)
                """
            )
            try await AskedRename(table: "others", name: "first").start(through: "expand")
            try await #expect(
                AskedRename(role: role).refusal() == """
                    privilege: role \(role): the ledger (schema online_change) belongs to postgres, and \(role) may not \
                    use it
                    Nothing was changed.
                    As postgres: GRANT USAGE, CREATE ON SCHEMA online_change TO \(role.quoted); \
                    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA online_change TO \(role.quoted);
                    """
            )
            try await TestDatabase.current.run(
                """
                GRANT USAGE, CREATE ON SCHEMA online_change TO \(role);
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA online_change TO \(role)
                """
            )
            try await AskedRename(role: role).start()
            try await AskedRename(role: role).rollback()
        }
    }

    @Test("Index copies need CREATE on the table's schema; a column without index doesn't")
    func noCreateOnTheSchema() async throws {
        try await withRole { role in
            let database = Identifier(try TestDatabase.current.name)
            try await TestDatabase.current.run(
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.users (id int PRIMARY KEY, name text, email text);
                CREATE INDEX ON shop.users (lower(name));
                ALTER TABLE shop.users OWNER TO \(role);
                GRANT USAGE ON SCHEMA shop TO \(role);
                GRANT CREATE ON DATABASE \(database) TO \(role)
                """
            )
            try await #expect(
                AskedRename(table: "shop.users", role: role).refusal() == """
                    privilege: schema shop: \(role) may not create the index copies in it
                    Nothing was changed.
                    GRANT CREATE ON SCHEMA "shop" TO \(role.quoted);
                    """
            )
            try await #expect(AskedRename(table: "shop.users", from: "email", role: role).plan().phases.count == 4)
        }
    }

    @Test("Without the right to silence them, the table's triggers that will fire are named")
    func firingTriggers() async throws {
        try await withRole { role in
            try await TestDatabase.current.run(
                """
                CREATE TABLE users (name text);
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
                CREATE TRIGGER disabled BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
                ALTER TABLE users DISABLE TRIGGER disabled;
                CREATE TRIGGER inserted BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();
                ALTER TABLE users OWNER TO \(role);
                GRANT CREATE ON DATABASE \(Identifier(TestDatabase.current.name)) TO \(role)
                """
            )
            try await #expect(
                AskedRename(role: role).notes() == [
                    "note: role \(role): it may not set session_replication_role, so the backfill fires the table's own "
                        + "triggers (touched) for every row; from 15 on: "
                        + "GRANT SET ON PARAMETER session_replication_role TO \(role.quoted)"
                ]
            )
            try await #expect(AskedRename().notes().isEmpty)
        }
    }
}
