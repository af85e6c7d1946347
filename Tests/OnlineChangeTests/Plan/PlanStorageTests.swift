import Foundation
import Postgres
import Testing

@testable import OnlineChange

struct PlanStorageTests {
    @Test("A plan comes back from the ledger as it went in")
    func roundTrip() throws {
        let plan = try PlanStorageTests.everything()
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    @Test("The plan that version 1 of the ledger stored is read, and means what it meant")
    func storedPlan() throws {
        let url = try #require(Bundle.module.url(forResource: "plan-of-ledger-1", withExtension: "json"))
        let stored = try JSONDecoder().decode(Plan.self, from: Data(contentsOf: url))
        var expected = try PlanStorageTests.everything()
        // A gate was one text.
        for place in expected.phases.indices {
            let gate = stored.phases[place].gate
            #expect(gate.map { $0.now.hasSuffix(".") && $0.deploy == nil } ?? (place == 3))
            expected.phases[place].gate = gate
        }
        #expect(stored == expected)
    }

    /// A plan with every kind of action, condition and finding.
    static func everything() throws -> Plan {
        var index = Fixture.index("users_name_idx", [2])
        index.tablespace = "fast"
        let definition =
            "CREATE TRIGGER touched BEFORE UPDATE OF name ON app.users FOR EACH ROW EXECUTE FUNCTION touch()"
        var exchanged = ExchangedDefinitions()
        exchanged.indexes = ["users_name_idx": "USING btree (full_name)"]
        exchanged.triggers = [
            "touched": .init(
                widened: definition.replacing("OF name", with: #"OF name, "full_name""#),
                widenedAsPrinted: definition.replacing("OF name", with: "OF name, full_name"),
                widenedExchangedAsPrinted: definition.replacing("OF name", with: "OF full_name, name"),
                exchanged: definition.replacing("OF name", with: "OF full_name")
            )
        ]
        return try Fixture.plan(
            Fixture.users {
                $0.indexes.append(index)
                $0.triggers = [Fixture.trigger("touched", definition, updateOf: [2], list: "name")]
            },
            exchanged: exchanged,
            findings: [
                .note("table app.users", "a note"),
                .acknowledge("rule r", "a risk", wayOut: "Replace it"),
            ]
        )
    }
}
