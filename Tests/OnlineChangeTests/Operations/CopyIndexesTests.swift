import Postgres
import Testing

@testable import OnlineChange

struct CopyIndexesTests {
    private func builds(
        _ indexes: [Index],
        options: PlanningOptions = PlanningOptions(),
        to: Identifier = "full_name"
    ) throws -> [IndexBuild] {
        var exchanged = ExchangedDefinitions()
        for index in indexes { exchanged.indexes[index.name] = "USING btree (lower(full_name)) WHERE (id > 0)" }
        let plan = try Fixture.plan(
            Fixture.users { $0.indexes += indexes },
            exchanged: exchanged,
            options: options,
            to: to
        )
        return try #require(plan.phase("backfill")).steps.compactMap {
            if case .buildIndex(let build) = $0.action { build } else { nil }
        }
    }

    @Test("Only valid indexes that read the column are copied")
    func which() throws {
        var invalid = Fixture.index("broken", [2])
        invalid.isValid = false
        let builds = try builds([Fixture.index("by_name", [1, 2]), Fixture.index("by_id", [1]), invalid])
        #expect(
            builds.map(\.statement.text) == [
                """
                CREATE INDEX CONCURRENTLY "by_name_copy_1d2a462f" ON "app"."users" USING btree (lower(full_name)) \
                WHERE (id > 0)
                """
            ]
        )
    }

    @Test("A copy is unique only where that was asked for, and only of a unique index")
    func unique() throws {
        let indexes = [Fixture.index("a", [2], isUnique: true), Fixture.index("b", [2])]
        let without = try builds(indexes).map { $0.statement.text.prefix(14) }
        #expect(without == ["CREATE INDEX C", "CREATE INDEX C"])
        let with = try builds(indexes, options: PlanningOptions(uniqueCopies: true)).map {
            $0.statement.text.prefix(14)
        }
        #expect(with == ["CREATE UNIQUE ", "CREATE INDEX C"])
    }

    @Test("Names fit into 63 bytes, begin like the original's and differ even where those are alike")
    func names() throws {
        let long = String(repeating: "ä", count: 31)
        let builds = try builds([Fixture.index(Identifier(long), [2]), Fixture.index(Identifier(long + "b"), [2])])
        let names = builds.map(\.index.name)
        #expect(names.allSatisfy { $0.isStorable && $0.name.hasPrefix("äääääääää") && $0.name.contains("_copy_") })
        #expect(Set(names).count == 2)
        #expect(builds.allSatisfy { $0.index.schema == "app" })
    }

    @Test("The copies of two columns' changes don't meet")
    func twoChanges() throws {
        let index = Fixture.index("by_name", [2])
        #expect(try builds([index])[0].index != (try builds([index], to: "title")[0].index))
    }

    @Test func tablespace() throws {
        var index = Fixture.index("by_name", [2])
        index.tablespace = "fast"
        #expect(try builds([index]).map(\.tablespace) == ["fast"])
    }
}
