import Testing

@testable import OnlineChange

struct TriggerTextTests {
    @Test(
        "Name, list and table are exchanged where they stand, and nowhere else",
        arguments: [
            (
                19, false,
                "CREATE TRIGGER name BEFORE UPDATE OF name ON name FOR EACH ROW WHEN ((new.name = 'name ON name'::text)) EXECUTE FUNCTION name()",
                "CREATE TRIGGER other BEFORE UPDATE OF a, b ON app.t FOR EACH ROW WHEN ((new.name = 'name ON name'::text)) EXECUTE FUNCTION name()"
            ),
            (
                29, false,
                "CREATE TRIGGER name AFTER INSERT OR DELETE OR UPDATE OF name ON name FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE TRIGGER other AFTER INSERT OR DELETE OR UPDATE OF a, b ON app.t FOR EACH ROW EXECUTE FUNCTION f()"
            ),
            (
                48, false,
                "CREATE TRIGGER name AFTER UPDATE OF name OR TRUNCATE ON name FOR EACH STATEMENT EXECUTE FUNCTION f()",
                "CREATE TRIGGER other AFTER UPDATE OF a, b OR TRUNCATE ON app.t FOR EACH STATEMENT EXECUTE FUNCTION f()"
            ),
            (
                17, true,
                "CREATE CONSTRAINT TRIGGER name AFTER UPDATE OF name ON name DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE CONSTRAINT TRIGGER other AFTER UPDATE OF a, b ON app.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()"
            ),
        ] as [(Int, Bool, String, String)]
    )
    func parts(type: Int, isConstraint: Bool, definition: String, expected: String) throws {
        var text = try #require(
            TriggerText(
                definition,
                name: "name",
                columns: "name",
                table: "name",
                type: type,
                isConstraint: isConstraint
            )
        )
        #expect(text.text == definition)
        text.name = "other"
        text.columns = "a, b"
        text.table = "app.t"
        #expect(text.text == expected)
    }

    @Test("A definition that is not what the catalog says is not guessed at")
    func unreadable() {
        let definition = "CREATE TRIGGER t BEFORE UPDATE OF a ON users FOR EACH ROW EXECUTE FUNCTION f()"
        let wrong: [(String, String, String, Int)] = [
            ("u", "a", "users", 19), ("t", "b", "users", 19), ("t", "a", "others", 19), ("t", "a", "users", 17),
        ]
        for (name, columns, table, type) in wrong {
            #expect(
                TriggerText(definition, name: name, columns: columns, table: table, type: type, isConstraint: false)
                    == nil
            )
        }
    }
}
