import Postgres
import Testing

@testable import OnlineChange

struct SyncColumnsTests {
    private let table = QualifiedName(schema: "app", name: "users")

    @Test("A trigger is replaced in place; whether it fires is set again, for that is reset")
    func replaced() {
        var trigger = Fixture.trigger("touched", "CREATE TRIGGER touched …")
        trigger.comment = "kept by the server"
        let states: [(String, String?)] = [
            ("O", nil), ("D", #"ALTER TABLE "app"."users" DISABLE TRIGGER "touched""#),
            ("R", #"ALTER TABLE "app"."users" ENABLE REPLICA TRIGGER "touched""#),
            ("A", #"ALTER TABLE "app"."users" ENABLE ALWAYS TRIGGER "touched""#),
        ]
        for (enabled, statement) in states {
            trigger.enabled = enabled
            let expected: [String] = ["CREATE OR REPLACE TRIGGER touched wider"] + (statement.map { [$0] } ?? [])
            let replacement = trigger.replacement(on: table, definition: "CREATE TRIGGER touched wider")
            #expect(replacement.map(\.text) == expected)
        }
    }

    @Test("A constraint trigger can't be replaced: it is made anew, with its comment")
    func constraint() {
        var trigger = Fixture.trigger("checked", "…")
        trigger.isConstraint = true
        trigger.comment = "it's mine"
        trigger.enabled = "D"
        #expect(
            trigger.replacement(on: table, definition: "CREATE CONSTRAINT TRIGGER checked wider").map(\.text) == [
                #"DROP TRIGGER "checked" ON "app"."users""#,
                "CREATE CONSTRAINT TRIGGER checked wider",
                #"COMMENT ON TRIGGER "checked" ON "app"."users" IS 'it''s mine'"#,
                #"ALTER TABLE "app"."users" DISABLE TRIGGER "checked""#,
            ]
        )
    }
}
