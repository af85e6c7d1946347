import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct PublicationCheckTests {
    @Test func allTables() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, name varchar(9)); CREATE PUBLICATION p FOR ALL TABLES"
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: publication p: FOR ALL TABLES sends the added column, and the ledger's tables too; a subscriber \
                without them stops
                Nothing was changed.
                On every subscriber first: ALTER TABLE public.users ADD COLUMN "full_name" character varying(9), and the \
                schema online_change as it is here (pg_dump -s -n online_change); or, knowing this, add --acknowledge \
                'publication p'
                """
        )
        try await AskedRename(acknowledged: ["publication p"]).start(through: "expand")
    }

    @Test(
        "The table's own publications and its schema's are refused until acknowledged",
        arguments: ["TABLE users", "TABLES IN SCHEMA public"] as [SQL]
    )
    func tableOrSchema(scope: SQL) async throws {
        guard await TestServer.version >= 15_00_00 || scope == "TABLE users" else { return }
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE pets (name text); CREATE PUBLICATION p FOR \(scope)"
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: publication p: it sends all columns of the table; a subscriber without the added one stops
                Nothing was changed.
                On every subscriber first: ALTER TABLE public.users ADD COLUMN "full_name" text; or, knowing this, add \
                --acknowledge 'publication p'
                """
        )
        try await AskedRename(acknowledged: ["publication p"]).start(through: "expand")
    }

    @Test("A list of columns keeps the added one out until swap", .enabled { await TestServer.version >= 15_00_00 })
    func columnList() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE PUBLICATION p FOR TABLE users (id, name)"
        )
        try await #expect(
            AskedRename().notes() == [
                "note: publication p: it sends a list of columns, which the rename reaches at swap: its subscribers need "
                    + "the new name by then"
            ]
        )
    }

    @Test func others() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (name text); CREATE TABLE pets (name text); CREATE PUBLICATION p FOR TABLE pets"
        )
        try await #expect(AskedRename().notes().isEmpty)
    }
}
