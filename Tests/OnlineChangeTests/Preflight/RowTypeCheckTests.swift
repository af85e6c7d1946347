import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct RowTypeCheckTests {
    @Test(
        "What uses the row type is refused until acknowledged, and works with the acknowledgement",
        arguments: [
            (
                "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users'",
                "function public.everyone()"
            ),
            ("CREATE TABLE history (id int, was users)", "column was of table public.history"),
            ("CREATE TABLE history (id int, were users[])", "column were of table public.history"),
            (
                "CREATE FUNCTION tag(u users) RETURNS text LANGUAGE sql AS 'SELECT u.name'",
                "function public.tag(public.users)"
            ),
        ] as [(SQL, String)]
    )
    func users(script: SQL, object: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text); \(script)")
        try await #expect(
            AskedRename().refusal() == """
                refused: \(object): it uses the row type of public.users, which has one more column until drop
                Nothing was changed.
                See that it names its columns and doesn't take a row apart by position; or, knowing this, add \
                --acknowledge '\(object)'
                """
        )
        try await AskedRename(acknowledged: [object]).start(through: "expand")
    }

    @Test("A trigger that takes its row apart by position is refused until acknowledged")
    func expandingTrigger() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TABLE users (name text); CREATE TABLE old_users (name text);
            CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN INSERT INTO old_users SELECT (OLD).*; RETURN NULL; END';
            CREATE TRIGGER kept AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep()
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: function public.keep(): it is a trigger of public.users and takes its row apart with OLD.* or \
                NEW.*, which has one more column until drop
                Nothing was changed.
                Have it name its columns; or, knowing this, add --acknowledge 'function public.keep()'
                """
        )
        try await #expect(
            AskedRename(acknowledged: ["function public.keep()"]).notes() == [
                "acknowledge: function public.keep(): it is a trigger of public.users and takes its row apart with OLD.* "
                    + "or NEW.*, which has one more column until drop"
            ]
        )
    }
}
