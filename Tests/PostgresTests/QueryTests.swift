@testable import Postgres
import TestSupport
import Testing

struct QueryTests {
    @Test
    func bindsValuesAndWritesNames() {
        let table = QualifiedName(schema: "app", name: "users")
        let tail: SQL = "LIMIT 5"
        let nothing: Int? = nil
        let query: Query = """
            SELECT \("id" as Identifier) FROM \(table) WHERE name = \("x'; --") AND age > \(42) AND a = \(nothing) \(tail)
            """
        #expect(
            query.text == """
                SELECT "id" FROM "app"."users" WHERE name = $1 AND age > $2 AND a = $3 LIMIT 5
                """
        )
        #expect(query.values == ["x'; --", "42", nil])
    }

    @Test(
        arguments: [
            ("text", "it's \\ \"q\"", "it's \\ \"q\""),
            ("int8", Int.min, "-9223372036854775808"),
            ("oid", UInt32.max, "4294967295"),
            ("float8", 0.1, "0.1"),
            ("float8", -Double.infinity, "-Infinity"),
            ("float8", Double.nan, "NaN"),
            ("float8", 1e-300, "1e-300"),
            ("bool", true, "true"),
            ("bool", false, "false"),
            ("int[]", [1, -2], "{1,-2}"),
            ("bool[]", [true, false], "{t,f}"),
        ] as [(String, any Bindable & Sendable, String)]
    )
    func bindsEachType(type: String, value: any Bindable & Sendable, text: String) async throws {
        try await withScratchConnection { connection in
            let back: String = try await connection.value("SELECT \(value)::\(SQL(server: type))::text")
            #expect(back == text)
        }
    }

    @Test
    func nilBindsNull() async throws {
        try await withScratchConnection { connection in
            let nothing: String? = nil
            try await #expect(connection.value("SELECT \(nothing)::text IS NULL") == true)
            let noTexts: [String]? = nil
            try await #expect(connection.value("SELECT \(noTexts)::text[] IS NULL") == true)
            try await #expect(connection.value("SELECT \("")::text IS NULL") == false)
        }
    }

    @Test(arguments: [
        [],
        [""],
        ["NULL", "null", "nil", ""],
        ["a,b", "{c}", "{}", " d ", "\"", "\\", "\\\"", "it's"],
        ["\"\u{301},b", "\\\u{301}", "line\nline", "日本"],
    ])
    func arraysComeBackFromTheServer(texts: [String]) async throws {
        try await withScratchConnection { connection in
            let rows = try await connection.run(
                "SELECT text, text IS NULL AS missing FROM unnest(\(texts)::text[]) WITH ORDINALITY u(text, n) ORDER BY n"
            ).rows
            let back = try rows.map { row in try row["text"] as String }
            #expect(back.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        }
    }

    @Test
    func knowsWhetherItHoldsANUL() {
        let text = "a\0b"
        #expect(!("SELECT \("a")" as Query).holdsNUL)
        #expect(("SELECT \(text)" as Query).holdsNUL)
        #expect(Query("SELECT \(literal: text)" as SQL).holdsNUL)
    }
}

extension SQL {
    fileprivate init(server text: String) {
        self = "\(server: text)"
    }
}
