import Postgres
import Testing

struct SecretsTests {
    @Test(
        "Passwords of connection strings are not shown, whatever stands around them",
        arguments: [
            ("postgresql://u:pw@h/db", "postgresql://u:***@h/db"),
            ("postgres://u:p@s/s:w@h:5432/db?x=1 more", "postgres://u:***@h:5432/db?x=1 more"),
            ("'postgresql://u:secret' has the character ':'", "'postgresql://u:*** has the character ':'"),
            ("postgres://u@h1:1,h2:2/db?password=abc&x=y", "postgres://u@h1:1,h2:2/db?password=***&x=y"),
            (#"host=a password=se\ cret user=x"#, "host=a password=*** user=x"),
            (#"PASSWORD = 'it\'s me' host=b"#, "PASSWORD = *** host=b"),
            ("sslpassword='abc", "sslpassword=***"),
            ("postgresql://a:b@h postgresql://c:d@h", "postgresql://a:***@h postgresql://c:***@h"),
        ]
    )
    func hidden(text: String, shown: String) {
        #expect(Secrets.hidden(in: text) == shown)
    }

    @Test(
        "What holds no password stays as it is",
        arguments: ["postgresql://h1:1,h2:2/db", "postgresql://ada@h1:543/db", "host=a user=b", ""]
    )
    func nothingHidden(text: String) {
        #expect(Secrets.hidden(in: text) == text)
    }
}
