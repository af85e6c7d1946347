import Postgres
import Testing

@testable import OnlineChange

struct FingerprintTests {
    @Test("Nothing changed, nothing told", arguments: [false, true])
    func unchanged(isExpanded: Bool) throws {
        #expect(try changes(isExpanded ? Self.expanded() : Self.planned, isExpanded: isExpanded).isEmpty)
    }

    @Test("After the swap the original column bears the new name")
    func swapped() throws {
        let table = try Self.expanded {
            $0.columns[1].name = "full_name"
            $0.columns[2].name = "name"
            for index in $0.triggers.indices where $0.triggers[index].name == "touched" {
                $0.triggers[index].definition = "CREATE TRIGGER touched … OF full_name, name …"
            }
        }
        #expect(try changes(table, isSwapped: true).isEmpty)
    }

    @Test func renamedTable() throws {
        let table = try Self.expanded { $0.name = QualifiedName(schema: "app", name: "people") }
        #expect(
            try changes(table) == [
                "refused: table app.users: it is called app.people now, and the plan's statements name it as it was: "
                    + "give it its old name and schema back until the change is finished or rolled back"
            ]
        )
    }

    @Test func columnGone() throws {
        let expected = [
            "refused: column app.users.name: it is gone or was renamed since the change was planned: "
                + "give it its name back, or roll the change back"
        ]
        #expect(try changes(Self.expanded { $0.columns.remove(at: 1) }) == expected)
        #expect(try changes(Self.expanded { $0.columns[1].name = "nick" }) == expected)
    }

    @Test func otherType() throws {
        #expect(
            try changes(Self.expanded { $0.columns[1].type = "character varying(9)" }) == [
                "refused: column app.users.name: its type is character varying(9) now; the plan was made for text: "
                    + "roll the change back and start it again"
            ]
        )
    }

    @Test func addedColumnGone() throws {
        #expect(
            try changes(Self.expanded { $0.columns.removeLast() }) == [
                "refused: column app.users.full_name: it was dropped or renamed since the change was planned: "
                    + "roll the change back and start it again"
            ]
        )
    }

    @Test("Our triggers must be there and fire always")
    func ourTriggers() throws {
        let reason =
            "it keeps the two columns equal, and it was dropped or disabled: roll the change back and start it again; "
            + "writes by the other name may have been missed"
        #expect(
            try changes(Self.expanded { $0.triggers[0].enabled = "D" })
                == ["refused: trigger !online_change full_name in i: \(reason)"]
        )
        #expect(
            try changes(Self.expanded { $0.triggers[0].enabled = "O" })
                == ["refused: trigger !online_change full_name in i: \(reason)"]
        )
        #expect(
            try changes(Self.expanded { $0.triggers.remove(at: 2) })
                == ["refused: trigger ~online_change full_name out: \(reason)"]
        )
    }

    @Test func rewrittenTrigger() throws {
        let other = "CREATE TRIGGER touched … EXECUTE FUNCTION other()"
        #expect(
            try changes(Self.expanded { $0.triggers[3].definition = other }) == [
                "refused: trigger touched: it was changed since the plan was made, and the plan would overwrite that: "
                    + "put it back as it was (CREATE TRIGGER touched … OF name, full_name …), and change it again after drop"
            ]
        )
    }

    @Test("What is new and harmless is told")
    func additions() throws {
        let table = try Self.expanded {
            $0.triggers.append(Fixture.trigger("fresh", "…"))
            $0.triggers.append(Fixture.trigger("after", "…", type: 1 + 16))
            $0.indexes.append(Fixture.index("users_name_id", [2, 1]))
            $0.indexes.append(Fixture.index("users_id", [1]))
        }
        #expect(
            try changes(table) == [
                "note: trigger fresh: it is new since the plan was made; if it changes the column, `verify` tells",
                "note: index users_name_id: it is new since the plan was made and has no copy on the added column",
            ]
        )
    }

    private static let planned = Fixture.users {
        $0.triggers = [Fixture.trigger("touched", "CREATE TRIGGER touched … OF name …", updateOf: [2], list: "name")]
    }

    private static func plan() throws -> Plan {
        var exchanged = ExchangedDefinitions()
        exchanged.triggers["touched"] = .init(
            widened: "CREATE TRIGGER touched … OF name, \"full_name\" …",
            widenedAsPrinted: "CREATE TRIGGER touched … OF name, full_name …",
            widenedExchangedAsPrinted: "CREATE TRIGGER touched … OF full_name, name …",
            exchanged: "CREATE TRIGGER touched … OF full_name …"
        )
        return try Fixture.plan(planned, exchanged: exchanged)
    }

    /// The table as expand leaves it, and then changed by somebody.
    private static func expanded(_ change: (inout TableSnapshot) -> Void = { _ in }) throws -> TableSnapshot {
        var table = planned
        table.columns.append(Fixture.column(3, "full_name"))
        table.triggers[0].definition = "CREATE TRIGGER touched … OF name, full_name …"
        table.triggers =
            try plan().triggerNames.map {
                var trigger = Fixture.trigger($0, "…")
                trigger.enabled = "A"
                return trigger
            } + table.triggers
        change(&table)
        return table
    }

    private func changes(_ now: TableSnapshot, isExpanded: Bool = true, isSwapped: Bool = false) throws -> [String] {
        let plan = try Self.plan()
        return plan.fingerprint.changes(
            since: now,
            names: plan.names,
            isSwapped: isSwapped,
            triggers: isExpanded ? plan.triggerNames : nil
        ).map { finding in
            "\(finding.consequence): \(finding.object): \(finding.message)" + (finding.wayOut.map { ": \($0)" } ?? "")
        }
    }
}
