import Foundation
import Testing

@testable import OnlineChange

struct GateTests {
    @Test("Texts are broken and aligned, commands stay whole")
    func lines() {
        var gate = Gate(now: "one two three four five", deploy: "six", check: "seven\nSELECT 8;", beforeBack: "nine")
        gate.next = "online-change advance a-long-name"
        gate.back = "online-change rollback a-long-name"
        #expect(
            gate.lines(width: 30) == [
                "  now     one two three four", "          five", "  deploy  six", "  check   seven",
                "          SELECT 8;", "  next    online-change advance a-long-name", "  back    nine",
                "          online-change rollback a-long-name",
            ]
        )
    }

    @Test("Where nothing is to be deployed it says what is true, and how to go on and back")
    func quiet() throws {
        #expect(
            try #require(Fixture.plan().gate(after: "expand")).lines() == [
                "  now     New rows hold name and full_name alike; older ones get full_name from the backfill.",
                "  next    online-change advance app.users.name-to-full_name",
                "  back    online-change rollback app.users.name-to-full_name",
            ]
        )
    }

    @Test("It is filled with the change's own names, as SQL where it is SQL")
    func filled() throws {
        let plan = try Fixture.plan(to: "o'name")
        let gate = try #require(plan.gate(after: "backfill"))
        #expect(gate.deploy?.hasPrefix("A release that reads and writes o'name.") == true)
        #expect(gate.check?.contains("query ~ ('\\m' || 'o''name' || '\\M')") == true)
        #expect(gate.next == #"online-change advance 'app.users.name-to-o'\''name'"#)
        #expect(plan.gate(after: "drop") == nil)
        #expect(plan.gate(after: nil) == nil)
    }

    @Test("No text of a built-in recipe's gate keeps a placeholder")
    func placeholders() throws {
        for phase in try Fixture.plan().phases {
            let texts = [phase.gate?.now, phase.gate?.deploy, phase.gate?.check, phase.gate?.beforeBack]
            #expect(texts.compactMap { $0 }.allSatisfy { !$0.contains("{") })
        }
    }

    @Test("A gate comes back as it went, and one that was a text is what is true now")
    func stored() throws {
        let gate = try #require(Fixture.plan().gate(after: "backfill"))
        #expect(try JSONDecoder().decode(Gate.self, from: JSONEncoder().encode(gate)) == gate)
        #expect(try JSONDecoder().decode(Gate.self, from: Data(#""Wait.""#.utf8)) == Gate(now: "Wait."))
    }
}
