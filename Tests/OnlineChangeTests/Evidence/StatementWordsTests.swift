import Testing

@testable import OnlineChange

struct StatementWordsTests {
    @Test(
        "A name is a word of its own, outside of constants and comments",
        arguments: [
            ("SELECT name FROM t", true), ("SELECT t.name FROM t", true), ("SELECT NAME FROM t", true),
            (#"SELECT "name" FROM t"#, true), (#"SELECT "Name" FROM t"#, false), ("SELECT full_name FROM t", false),
            ("SELECT 'name' FROM t", false), ("SELECT E'a\\'name' FROM t", false), ("SELECT $$name$$ FROM t", false),
            ("SELECT $x$ name $x$, id FROM t", false), ("SELECT id /* name /* name */ */ FROM t -- name", false),
            ("SELECT name(id) FROM t", false), ("SELECT id AS name FROM t", false), ("SELECT name$1 FROM t", false),
            ("UPDATE t SET name=$1", true), ("INSERT INTO t (id,name) VALUES ($1,$2)", true),
            ("SELECT id FROM t WHERE name IN ($1)", true), ("SELECT 'it''s', name FROM t", true),
            ("SELECT id FROM t WHERE id = 'open name", false),
        ]
    )
    func names(text: String, isNamed: Bool) {
        #expect(StatementWords(text).names(column: "name") == isNamed)
    }

    @Test("A quoted name is told by its letters")
    func quoted() {
        let words = StatementWords(#"SELECT "fullName", fullName, "a ""b""" FROM "T""#)
        #expect(words.names(column: "fullName"))
        #expect(words.names(column: "fullname"))
        #expect(words.names(column: "a \"b\""))
        #expect(words.names(anyOf: ["T"]))
        #expect(!words.names(anyOf: ["t"]))
    }

    @Test("What is shown has no constants, and is cut")
    func shortened() {
        let words = StatementWords("SELECT  password,\n x::int FROM t WHERE password = 'secret' -- hush\n AND id >= 12")
        #expect(words.shortened(to: 200) == "select password, x::int from t where password = ? and id >= ?")
        #expect(words.shortened(to: 10) == "select pas…")
        #expect(words.verb == "SELECT")
        #expect(words.parameterized == "select password, x::int from t where password = $1 and id >= $2")
    }
}
