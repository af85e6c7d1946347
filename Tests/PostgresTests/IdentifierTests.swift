import Foundation
import Postgres
import Testing

struct IdentifierTests {
    @Test(
        arguments: [
            ("users", "\"users\""),
            ("Order", "\"Order\""),
            ("a\"b", "\"a\"\"b\""),
            ("\"", "\"\"\"\""),
            ("a\\b'c", "\"a\\b'c\""),
            ("\"\u{301}; DROP TABLE t; --", "\"\"\"\u{301}; DROP TABLE t; --\""),
        ] as [(Identifier, String)]
    )
    func quotes(identifier: Identifier, quoted: String) {
        // By bytes: to `==` on strings, differently composed accents are equal.
        #expect(Array(identifier.quoted.utf8) == Array(quoted.utf8))
    }

    @Test
    func quotesBothPartsOfAQualifiedName() {
        let name = QualifiedName(schema: "a.b", name: "c\"d")
        #expect(name.quoted == "\"a.b\".\"c\"\"d\"")
        #expect(name.description == "a.b.c\"d")
    }

    @Test(arguments: [
        ("", false),
        ("a\0b", false),
        (String(repeating: "x", count: 63), true),
        (String(repeating: "x", count: 64), false),
        (String(repeating: "ä", count: 31), true),
        (String(repeating: "ä", count: 32), false),
    ])
    func storable(name: String, isStorable: Bool) {
        #expect(Identifier(name).isStorable == isStorable)
    }

    @Test(arguments: [
        ("users", "_new", "users_new"),
        (String(repeating: "x", count: 59), "_new", String(repeating: "x", count: 59) + "_new"),
        (String(repeating: "x", count: 60), "_new", String(repeating: "x", count: 59) + "_new"),
        (String(repeating: "ä", count: 31), "_new", String(repeating: "ä", count: 29) + "_new"),
        (String(repeating: "x", count: 58) + "äx", "_new", String(repeating: "x", count: 58) + "_new"),
        (String(repeating: "e\u{301}", count: 20), "_new", String(repeating: "e\u{301}", count: 19) + "_new"),
        ("👨‍👩‍👧‍👦", String(repeating: "s", count: 50), String(repeating: "s", count: 50)),
    ])
    func shortens(name: String, suffix: String, shortened: String) {
        let result = Identifier(name).shortened(appending: suffix)
        #expect(result.name == shortened)
        #expect(result.isStorable)
    }

    @Test
    func namesOfOtherBytesAreOtherNames() {
        let one: Identifier = "\u{E9}"
        let two: Identifier = "e\u{301}"
        #expect(one != two)
        #expect(Set([one, two]).count == 2)
        #expect(Set([one, one]).count == 1)
    }

    @Test
    func sortsAsTheServerDoesInTheCLocale() {
        let sorted: [Identifier] = ["B", "Z", "_", "a", "aa", "b", "ä"]
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test
    func isCodedAsItsName() throws {
        let coded = try JSONEncoder().encode(["a\"b"] as [Identifier])
        #expect(String(decoding: coded, as: UTF8.self) == #"["a\"b"]"#)
        #expect(try JSONDecoder().decode([Identifier].self, from: coded) == ["a\"b"])
    }
}
