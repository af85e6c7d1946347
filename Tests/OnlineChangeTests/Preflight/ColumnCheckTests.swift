import Postgres
import TestSupport
import Testing

@testable import OnlineChange

@Suite(.database) struct ColumnCheckTests {
    @Test(
        "An unknown column is refused with what it may have been meant to be",
        arguments: [
            ("nam", "Did you mean name?"),
            ("nmae", "Did you mean name?"),
            ("\"Name\"", "Did you mean name?"),
            ("createdat", #"Did you mean '"createdAt"' (a name with capitals needs its quotes)?"#),
            ("createdAt", #"Did you mean '"createdAt"' (a name with capitals needs its quotes)?"#),
            ("price", "It has: id, name, createdAt."),
        ]
    )
    func unknown(from: String, wayOut: String) async throws {
        try await TestDatabase.current.run(#"CREATE TABLE users (id int, name text, "createdAt" date)"#)
        let shown = try NameSyntax.identifier(from)
        try await #expect(
            AskedRename(from: from).refusal() == """
                refused: column public.users.\(shown): there is no such column
                Nothing was changed.
                \(wayOut)
                """
        )
    }

    @Test(arguments: ["ctid", "tableoid"])
    func systemColumn(from: String) async throws {
        try await TestDatabase.current.run("CREATE TABLE users (name text)")
        try await #expect(
            AskedRename(from: from).refusal() == """
                refused: column public.users.\(from): there is no such column
                Nothing was changed.
                It has: name.
                """
        )
    }

    @Test func generated() async throws {
        try await TestDatabase.current.run(
            "CREATE TABLE users (first text, name text GENERATED ALWAYS AS (lower(first)) STORED)"
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: column public.users.name: it is generated, so no statement may write it
                Nothing was changed.
                Rename it with ALTER TABLE: the server keeps it by itself.
                """
        )
    }

    @Test("A base type with a default of its own is refused: the added column would get it")
    func typeWithDefault() async throws {
        try await TestDatabase.current.run(
            """
            CREATE TYPE word;
            CREATE FUNCTION word_in(cstring) RETURNS word IMMUTABLE STRICT LANGUAGE internal AS 'textin';
            CREATE FUNCTION word_out(word) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'textout';
            CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, LIKE = text, DEFAULT = 'none');
            CREATE TABLE users (name word)
            """
        )
        try await #expect(
            AskedRename().refusal() == """
                refused: column public.users.name: its type public.word has a default of its own, which an added column \
                would get
                Nothing was changed.
                ALTER TYPE can't remove it; rename with ALTER TABLE in a quiet moment.
                """
        )
    }
}
