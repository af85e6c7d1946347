@testable import Postgres
import TestSupport
import Testing

struct NameSyntaxTests {
    /// What the server itself makes of each is asked in `serverReadsTheSame`.
    static let names: [(text: String, name: Identifier)] = [
        ("users", "users"),
        ("Users", "users"),
        ("_a1$", "_a1$"),
        ("LÄUFE", "lÄufe"),
        ("E\u{301}t\u{301}", "e\u{301}t\u{301}"),
        ("日本", "日本"),
        ("\"Order\"", "Order"),
        ("\"a\"\"b\"", "a\"b"),
        ("\"\"\"\"", "\""),
        ("\"a.b\"", "a.b"),
        ("\" \"", " "),
        ("\"a\"\"\u{301}b\"", "a\"\u{301}b"),
        (String(repeating: "x", count: 63), Identifier(String(repeating: "x", count: 63))),
        ("x" + String(repeating: "ä", count: 31), Identifier("x" + String(repeating: "ä", count: 31))),
    ]

    @Test(arguments: names)
    func readsAName(text: String, name: Identifier) throws {
        #expect(try NameSyntax.identifier(text) == name)
    }

    @Test
    func keywordsNeedNoQuotes() throws {
        #expect(try NameSyntax.identifier("USER").quoted == "\"user\"")
        #expect(try NameSyntax.optionallyQualified("select.order").name == "order")
    }

    @Test(
        arguments: [
            ("users", nil, "users"),
            ("App.Users", "app", "users"),
            ("app.\"Läufe\"", "app", "Läufe"),
            ("\"A.b\".\"c\"\"d\"", "A.b", "c\"d"),
            ("a.\u{301}b", "a", "\u{301}b"),
        ] as [(String, Identifier?, Identifier)]
    )
    func readsAQualifiedName(text: String, schema: Identifier?, name: Identifier) throws {
        let read = try NameSyntax.optionallyQualified(text)
        #expect(read.schema == schema)
        #expect(read.name == name)
    }

    private static let refusals: [(text: String, message: String)] = [
        ("", "'' has an empty name in it"),
        (".", "'.' has an empty name in it"),
        ("a..b", "'a..b' has an empty name in it"),
        ("a.", "'a.' has an empty name in it"),
        (".a", "'.a' has an empty name in it"),
        ("\"\"", "'\"\"' has an empty name in it"),
        ("\"a", "'\"a' opens a double quote and does not close it"),
        ("\"a\"\"", "'\"a\"\"' opens a double quote and does not close it"),
        ("a.\"", "'a.\"' opens a double quote and does not close it"),
        ("a.b.c", "'a.b.c' has more than 2 parts"),
        (
            "my table",
            "'my table' has the character ' ', which a name may have only in double quotes: "
                + "'\"my table\"' (in a shell, with single quotes around them)"
        ),
        (
            "app.user-name",
            "'user-name' has the character '-', which a name may have only in double quotes: "
                + "'\"user-name\"' (in a shell, with single quotes around them)"
        ),
        (
            "1a",
            "'1a' begins with '1', which a name may do only in double quotes: "
                + "'\"1a\"' (in a shell, with single quotes around them)"
        ),
        (
            "$a",
            "'$a' begins with '$', which a name may do only in double quotes: "
                + "'\"$a\"' (in a shell, with single quotes around them)"
        ),
        (
            "a\"b",
            "'a\"b' has the character '\"', which a name may have only in double quotes: "
                + "'\"a\"\"b\"' (in a shell, with single quotes around them)"
        ),
        (
            "app.\"a.b\"c.d",
            "'\"a.b\"c' has the character '\"', which a name may have only in double quotes: "
                + "'\"\"\"a.b\"\"c\"' (in a shell, with single quotes around them)"
        ),
        (
            "\"a\"\u{301}b",
            "'\"a\"\u{301}b' has the character '\"', which a name may have only in double quotes: "
                + "'\"\"\"a\"\"\u{301}b\"' (in a shell, with single quotes around them)"
        ),
        ("\"a\0b\"", "'a\0b' has a NUL character, which no name may have"),
        ("a\0b", "'a\0b' has a NUL character, which no name may have"),
        (
            String(repeating: "x", count: 64),
            "'\(String(repeating: "x", count: 64))' has 64 bytes and the server keeps 63: choose a shorter name"
        ),
        (
            String(repeating: "ä", count: 32),
            "'\(String(repeating: "ä", count: 32))' has 64 bytes and the server keeps 63: choose a shorter name"
        ),
    ]

    @Test(arguments: refusals)
    func refuses(text: String, message: String) {
        let problem = #expect(throws: NameSyntax.Problem.self) { try NameSyntax.optionallyQualified(text) }
        #expect(problem?.description == message)
    }

    @Test
    func aSingleNameHasNoDot() {
        let bare = #expect(throws: NameSyntax.Problem.self) { try NameSyntax.identifier("a.b") }
        #expect(bare?.description == "'a.b' has a dot: give a single name, or quote it: '\"a.b\"'")
        let quoted = #expect(throws: NameSyntax.Problem.self) { try NameSyntax.identifier("\"a\".b") }
        #expect(quoted?.description == "'\"a\".b' has a dot: give a single name, or quote it: '\"\"\"a\"\".b\"'")
    }

    @Test
    func serverReadsTheSame() async throws {
        try await withScratchConnection { connection in
            for (text, name) in Self.names {
                let read: String = try await connection.value("SELECT (parse_ident(\(text)))[1]")
                #expect(Identifier(read) == name)
                let column = try await connection.run("SELECT 1 AS \(name)").rows[0].columns.keys.first
                #expect(column.map { Identifier($0) } == name)
            }
        }
    }
}
