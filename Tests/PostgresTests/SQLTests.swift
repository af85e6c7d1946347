import Foundation
import Postgres
import TestSupport
import Testing

struct SQLTests {
    @Test
    func rendersItsPieces() {
        let table = QualifiedName(schema: "app", name: "Order")
        let column: Identifier = "a\"b"
        let columns = SQL.joined([column, "c"].map { "\($0)" as SQL })
        let index: SQL = """
            CREATE INDEX ON \(table) (\(columns)) \(server: "WITH (fillfactor='70')") \
            WHERE \(column) <> \(literal: "it's") AND c < \(-5)
            """
        #expect(
            index.text == """
                CREATE INDEX ON "app"."Order" ("a""b", "c") WITH (fillfactor='70') \
                WHERE "a""b" <> 'it''s' AND c < -5
                """
        )
    }

    @Test
    func joins() {
        #expect(SQL.joined(["a", "b"], separator: " AND ").text == "a AND b")
        #expect(SQL.joined(["a"]).text == "a")
        #expect(SQL.joined([]).text == "")
    }

    @Test(arguments: [
        ("", "''"),
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("\\", "E'\\\\'"),
        ("\\'", "E'\\\\'''"),
        ("'\u{301}", "'''\u{301}'"),
    ])
    func rendersALiteral(value: String, rendered: String) {
        #expect(Array(("\(literal: value)" as SQL).text.utf8) == Array(rendered.utf8))
    }

    static let awkward = [
        "", "it's", "''", "'", "\\", "\\\\", "\\'", "'\\", "C:\\new\\table\\", "$1 %s {} \"q\"", "line\nline\r\n\ttab",
        "'\u{301}; SELECT 1; --", "\\\u{301}'", "日本 👨‍👩‍👧‍👦", "-- no comment /*",
    ]

    @Test(arguments: ["on", "off"])
    func literalsComeBackFromTheServer(conforming: String) async throws {
        try await withScratchConnection { connection in
            try await connection.run("SELECT set_config('standard_conforming_strings', \(conforming), false)")
            for value in Self.awkward {
                let back: String = try await connection.value(Query("SELECT \(literal: value)" as SQL))
                #expect(Array(back.utf8) == Array(value.utf8))
            }
        }
    }

    @Test
    func identifiersComeBackFromTheServer() async throws {
        try await withScratchConnection { connection in
            for name in Self.awkward where !name.isEmpty {
                let table = Identifier(name)
                try await connection.run(Query("CREATE TABLE \(table) (\(table) int)"))
                let back: String = try await connection.value("SELECT relname FROM pg_class ORDER BY oid DESC LIMIT 1")
                #expect(Identifier(back) == table)
                try await connection.run(Query("DROP TABLE \(table)"))
            }
        }
    }

    @Test
    func isCodedAsItsText() throws {
        let sql: SQL = "SELECT \(literal: "x")"
        let coded = try JSONEncoder().encode([sql])
        #expect(String(decoding: coded, as: UTF8.self) == #"["SELECT 'x'"]"#)
        #expect(try JSONDecoder().decode([SQL].self, from: coded) == [sql])
    }
}
