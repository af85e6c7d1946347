import Testing

@testable import OnlineChange

struct ApplyDecisionTests {
    private static let subject = ChangeSubject(
        recipe: "change-type",
        schema: "app",
        table: "users",
        arguments: ["column": "code", "type": "int", "using": "code::int"]
    )

    private static func known(
        _ state: ChangeRecord.State,
        at phase: String?,
        _ subject: ChangeSubject = subject,
        phases: [String] = PhaseNames.all
    ) -> KnownChange {
        KnownChange(
            name: "codes",
            subject: subject,
            tableOID: 16384,
            state: state,
            phases: phases,
            phase: phase,
            endedAt: state == .active ? nil : "2026-11-22 10:00:00 UTC"
        )
    }

    private func decide(_ known: KnownChange?, through phase: String, isAgain: Bool = false) -> ApplyDecision {
        ApplyDecision(Self.subject, of: 16384, known: known, through: phase, isAgain: isAgain)
    }

    @Test func unknown() {
        #expect(decide(nil, through: "backfill") == .begin)
    }

    @Test(
        "What is reached is left alone, what isn't is done, and nothing goes back",
        arguments: [
            (nil, "expand", .goOn), ("expand", "expand", .leave), ("expand", "backfill", .goOn),
            ("swap", "backfill", .leave), ("swap", "drop", .goOn),
        ] as [(String?, String, ApplyDecision)]
    )
    func active(reached: String?, asked: String, expected: ApplyDecision) {
        #expect(decide(Self.known(.active, at: reached), through: asked) == expected)
    }

    @Test("A change of one statement has its first phase alone")
    func oneStatement() {
        let known = Self.known(.active, at: "expand", phases: ["expand"])
        #expect(decide(known, through: "swap") == .leave)
        #expect(decide(Self.known(.active, at: nil, phases: ["expand"]), through: "swap") == .goOn)
    }

    @Test("Another table of that name is not what an unfinished change is about")
    func otherTable() {
        let known = Self.known(.active, at: "backfill")
        guard
            case .refuse(let failure) = ApplyDecision(
                Self.subject,
                of: 16999,
                known: known,
                through: "expand",
                isAgain: false
            )
        else {
            Issue.record("it is not refused")
            return
        }
        #expect(failure.message.hasPrefix("the change codes was begun on another table of that name (oid 16384)"))
        let finished = Self.known(.finished, at: "drop")
        #expect(
            ApplyDecision(Self.subject, of: 16999, known: finished, through: "drop", isAgain: false) == .leave
        )
    }

    @Test func finished() {
        #expect(decide(Self.known(.finished, at: "drop"), through: "drop") == .leave)
    }

    @Test("Other arguments are refused one by one", arguments: [ChangeRecord.State.active, .finished, .rollingBack])
    func contradiction(state: ChangeRecord.State) throws {
        let earlier = ChangeSubject(
            recipe: "change-type",
            schema: "public",
            table: "users",
            arguments: ["column": "code", "type": "bigint", "reverse": "code::text"]
        )
        guard case .refuse(let failure) = decide(Self.known(state, at: "expand", earlier), through: "swap") else {
            Issue.record("it is not refused")
            return
        }
        #expect(failure.kind == .refused)
        #expect(
            failure.message
                == "the change codes was begun with other arguments: table is app.users, was public.users; reverse is not "
                + "given, was code::text; type is int, was bigint; using is code::int, was not given"
        )
    }

    @Test func otherRecipe() {
        let earlier = ChangeSubject(recipe: "add-not-null", schema: "app", table: "users", arguments: [:])
        #expect(Self.subject.differences(from: earlier) == ["recipe is change-type, was add-not-null"])
    }

    @Test("A table that is not found any more is compared by its own name")
    func withoutSchema() {
        var subject = Self.subject
        subject.schema = nil
        #expect(subject.differences(from: Self.subject).isEmpty)
    }

    @Test("What was rolled back begins again only if somebody says so, or changes the file")
    func rolledBack() {
        let known = Self.known(.rolledBack, at: nil)
        guard case .refuse(let failure) = decide(known, through: "backfill") else {
            Issue.record("it is not refused")
            return
        }
        #expect(
            failure.message
                == "the change codes was rolled back at 2026-11-22 10:00:00 UTC, and is not begun again of itself"
        )
        #expect(decide(known, through: "backfill", isAgain: true) == .begin)
        var other = Self.subject
        other = ChangeSubject(recipe: other.recipe, schema: "app", table: "users", arguments: ["column": "code"])
        #expect(decide(Self.known(.rolledBack, at: nil, other), through: "backfill") == .begin)
    }

    @Test func rollingBack() {
        guard case .refuse(let failure) = decide(Self.known(.rollingBack, at: "swap"), through: "swap", isAgain: true)
        else {
            Issue.record("it is not refused")
            return
        }
        #expect(failure.next == "online-change rollback codes")
    }
}
