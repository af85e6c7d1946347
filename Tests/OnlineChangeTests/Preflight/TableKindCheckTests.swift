import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct TableKindCheckTests {
    @Test(
        "An unknown table is refused with a name that is near",
        arguments: ["user", "usres", "\"Users\"", "app.users"]
    )
    func unknown(table: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await #expect(
            AskedRename(table: table).refusal() == """
                refused: there is no table \(table)
                Nothing was changed.
                Did you mean public.users?
                """
        )
    }

    @Test func unknownAndNothingNear() async throws {
        try await #expect(
            AskedRename(table: "orders").refusal() == """
                refused: there is no table orders
                Nothing was changed.
                Give its schema (schema.table) if it is not on the search_path.
                """
        )
    }

    @Test("A text that is no name is a usage error")
    func noName() async throws {
        try await #expect(
            AskedRename(table: "my users").refusal()
                == "usage: 'my users' has the character ' ', which a name may have only in double quotes: "
                + "'\"my users\"' (in a shell, with single quotes around them)\nNothing was changed.\n"
                + "Names are read as in SQL: put what is no plain name into double quotes."
        )
    }

    @Test(
        "A relation that is no plain table is refused by its kind",
        arguments: [
            (
                "CREATE VIEW thing AS SELECT 'a' AS name", "it is a view",
                "Name the table beneath it, or use CREATE OR REPLACE VIEW."
            ),
            (
                "CREATE MATERIALIZED VIEW thing AS SELECT text 'a' AS name", "it is a materialized view",
                "Name the table beneath it, or rebuild the view."
            ),
            (
                "CREATE TABLE thing (name text); CREATE TABLE child () INHERITS (thing)",
                "other tables inherit from it", "Use plain ALTER TABLE, which reaches the children too."
            ),
            (
                "CREATE TABLE whole (name text) PARTITION BY LIST (name); CREATE TABLE thing PARTITION OF whole DEFAULT",
                "it is a partition or child of public.whole, and its columns are that table's",
                "Name public.whole instead."
            ),
            (
                "CREATE TABLE parent (name text); CREATE TABLE thing () INHERITS (parent)",
                "it is a partition or child of public.parent, and its columns are that table's",
                "Name public.parent instead."
            ),
            (
                "CREATE TYPE shape AS (name text); CREATE TABLE thing OF shape",
                "it is typed: its columns are those of type public.shape",
                "Change the attribute of public.shape (ALTER TYPE … ATTRIBUTE … CASCADE)."
            ),
        ] as [(SQL, String, String)]
    )
    func otherKinds(script: SQL, reason: String, wayOut: String) async throws {
        try await TestDatabase.current.run(script)
        try await #expect(
            AskedRename(table: "thing").refusal() == """
                refused: table public.thing: \(reason)
                Nothing was changed.
                \(wayOut)
                """
        )
    }

    @Test(
        "What has no columns of its own is refused without talk of columns",
        arguments: [
            ("CREATE SEQUENCE thing", "it is a sequence", "Name a table."),
            (
                "CREATE TABLE t (name text); CREATE INDEX thing ON t (name)", "it is an index",
                "Name the table that it is on."
            ),
            (
                "CREATE TYPE thing AS (name text)", "it is a composite type",
                "Change its attribute with ALTER TYPE."
            ),
        ] as [(SQL, String, String)]
    )
    func noTables(script: SQL, reason: String, wayOut: String) async throws {
        try await TestDatabase.current.run(script)
        try await #expect(
            AskedRename(table: "thing", from: "nosuch").refusal() == """
                refused: table public.thing: \(reason)
                Nothing was changed.
                \(wayOut)
                """
        )
    }

    @Test(.enabled { await TestServer.hasExtension("file_fdw") })
    func foreignTable() async throws {
        try await TestDatabase.current.run(
            """
            CREATE EXTENSION file_fdw;
            CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
            CREATE FOREIGN TABLE users (name text) SERVER files OPTIONS (filename '/dev/null')
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: table public.users: it is a foreign table, and its rows are elsewhere
                Nothing was changed.
                Change the table on its own server.
                """
        )
    }

    @Test("A temporary table of another session is refused")
    func temporary() async throws {
        let connection = try await TestDatabase.current.connect()
        try await connection.run("CREATE TEMPORARY TABLE users (name text)")
        let schema: String = try await connection.value("SELECT pg_my_temp_schema()::regnamespace::text")
        try await #expect(
            AskedRename(table: "\(schema).users").refusal() == """
                refused: table \(schema).users: it is temporary and only its own session sees it
                Nothing was changed.
                Use plain ALTER TABLE in that session.
                """
        )
        await connection.close()
    }

    @Test func systemCatalog() async throws {
        try await #expect(
            AskedRename(table: "pg_class", from: "relname").refusal() == """
                refused: table pg_catalog.pg_class: it belongs to the server or to online-change
                Nothing was changed.
                Name a table of your own.
                """
        )
    }

    @Test("A table whose 1600 column numbers are used up is refused, dropped ones counted")
    func columnNumbers() async throws {
        let columns = SQL.joined((1..<1600).map { "c\($0) boolean" })
        try await TestDatabase.current.run("CREATE TABLE users (name text, \(columns)); ALTER TABLE users DROP c7")
        try await #expect(
            AskedRename().refusal() == """
                refused: table public.users: it has used up 1600 of 1600 column numbers, dropped columns included
                Nothing was changed.
                Rebuild the table (pg_dump and restore, or a copy) to get them back.
                """
        )
    }

    @Test("One number left is enough")
    func lastColumnNumber() async throws {
        let columns = SQL.joined((1..<1599).map { "c\($0) boolean" })
        try await TestDatabase.current.run("CREATE TABLE users (name text, \(columns))")
        try await AskedRename().start(through: "expand")
        try await AskedRename().rollback()
    }
}
