import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct TriggerBodyCheckTests {
    @Test("A routine that names table and column is worth knowing; one that names another table's is not")
    func routines() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text); CREATE TABLE pets (name text);
            CREATE FUNCTION first_user() RETURNS text LANGUAGE sql AS 'SELECT u.NAME FROM Users u LIMIT 1';
            CREATE FUNCTION first_pet() RETURNS text LANGUAGE sql AS 'SELECT name FROM pets LIMIT 1';
            CREATE FUNCTION user_names() RETURNS bigint LANGUAGE sql AS 'SELECT count(surname) FROM (SELECT 1 AS surname) users'
            """
        )
        try await #expect(
            AskedRename().notes() == [
                "note: function public.first_user(): its body mentions name and the table; it must use full_name before drop"
            ]
        )
    }

    @Test("A trigger that handles the old name alone: told at the start, refused by name at swap and at drop")
    func normaliser() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text); INSERT INTO users VALUES ('Ada');
            CREATE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.name := lower(NEW.name); RETURN NEW; END';
            CREATE TRIGGER normalised BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION normalise()
            """
        )
        try await #expect(
            AskedRename().notes() == [
                "note: function public.normalise(): it is a trigger of the table and mentions name: it must handle both "
                    + "names before swap, and full_name alone before drop"
            ]
        )
        try await AskedRename().start()

        try await #expect(
            AskedRename.refusal { try await AskedRename().advance(through: "swap") } == """
                refused: function public.normalise(): it is a trigger of the table and mentions name, which from swap on \
                only follows full_name: what it does to name would be undone
                Nothing was changed.
                Have it handle both names; or, knowing this, add --acknowledge 'function public.normalise()'
                """
        )
        try await TestDatabase.current.run(
            """
            CREATE OR REPLACE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.name := lower(NEW.name); NEW.full_name := lower(NEW.full_name); RETURN NEW; END'
            """
        )
        try await AskedRename().advance(through: "swap")
        try await TestDatabase.current.run("INSERT INTO users (name) VALUES ('Bob')")
        try await TestDatabase.current.run("INSERT INTO users (full_name) VALUES ('Cy')")
        try await #expect(
            TestDatabase.current.value(
                "SELECT string_agg(full_name || name, ' ' ORDER BY name) FROM users WHERE name < 'd'"
            )
                == "AdaAda bobbob cycy"
        )

        try await #expect(
            AskedRename.refusal { try await AskedRename().advance(through: "drop") } == """
                refused: function public.normalise(): it is a trigger of the table and mentions name: every write would \
                fail once that is gone
                Nothing was changed.
                Have it use the new name alone; or, knowing this, add --acknowledge 'function public.normalise()'
                """
        )
        try await TestDatabase.current.run(
            """
            CREATE OR REPLACE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.full_name := lower(NEW.full_name); RETURN NEW; END'
            """
        )
        try await AskedRename().advance(through: "drop")
        try await TestDatabase.current.run("INSERT INTO users (full_name) VALUES ('DAN')")
        try await #expect(TestDatabase.current.value("SELECT count(*) FROM users WHERE full_name = 'dan'") == 1)
    }
}
