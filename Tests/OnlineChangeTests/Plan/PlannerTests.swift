import Postgres
import Testing

@testable import OnlineChange

struct PlannerTests {
    @Test("The column and its triggers come in one transaction; together they are undone, the last first")
    func coalescing() throws {
        let expand = try #require(Fixture.plan().phase("expand"))
        #expect(expand.steps.count == 1)
        let undo = try #require(expand.steps[0].undo).statements.map(\.text)
        #expect(undo.count == 12)
        #expect(undo.first?.hasPrefix("DROP TRIGGER") == true)
        #expect(undo.last == #"ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "full_name""#)
    }

    @Test("Transactions on different tables, and what is no transaction, stay apart")
    func notCoalesced() {
        let other = QualifiedName(schema: "app", name: "pets")
        let steps = [
            step(Fixture.table, "a"), step(other, "b"), step(other, "c"), Step(title: "v", action: .vacuum(other)),
        ]
        #expect(Planner.coalesced(steps).map(\.title) == ["a", "b; c", "v"])
    }

    @Test("Of two locks the stronger is taken, and both reasons are told")
    func joinedLocks() throws {
        let joined = Planner.coalesced([step(Fixture.table, "a", .shareRowExclusive), step(Fixture.table, "b")])
        guard case .transaction(let transaction) = try #require(joined.first).action else {
            Issue.record("no transaction")
            return
        }
        #expect(
            transaction.locks == [TableLock(table: Fixture.table, mode: .accessExclusive, reason: "for a; for b")]
        )
    }

    @Test("A domain's column is added as the type beneath, and its values are converted on the way")
    func domain() throws {
        let plan = try Fixture.plan(
            Fixture.users {
                $0.columns[1].type = "app.short_name"
                $0.columns[1].typeKind = "d"
                $0.columns[1].baseType = "character varying(9)"
                $0.columns[1].systemType = "varchar"
            }
        )
        let statements = try statements(plan, "expand")
        #expect(statements.contains(#"ALTER TABLE "app"."users" ADD COLUMN "full_name" character varying(9)"#))
        #expect(
            try self.statements(plan, "backfill")[0] == """
                UPDATE "app"."users" AS t SET "full_name" = ("name")::character varying(9)
                WHERE ctid >= '(first,0)' AND ctid < '(last,0)' AND (pg_catalog.hashtid(t.ctid) \
                OPERATOR(pg_catalog.&) 2147483647) OPERATOR(pg_catalog.%) 11 = stripe AND "full_name" IS DISTINCT \
                FROM ("name")::character varying(9)
                """
        )
    }

    @Test("Collation, storage, compression, statistics and grants are the column's own")
    func properties() throws {
        let plan = try Fixture.plan(
            Fixture.users {
                $0.columns[1].collation = #"public."german""#
                $0.columns[1].storage = "EXTERNAL"
                $0.columns[1].compression = "l"
                $0.columns[1].statisticsTarget = 500
                $0.columns[1].grants = [
                    ColumnGrant(privilege: "SELECT", grantee: nil, isGrantable: false),
                    ColumnGrant(privilege: "UPDATE", grantee: "web app", isGrantable: true),
                ]
            }
        )
        #expect(
            try statements(plan, "expand").filter { $0.contains("ADD COLUMN") || $0.contains("ON TABLE") } == [
                #"ALTER TABLE "app"."users" ADD COLUMN "full_name" text COLLATE public."german", "#
                    + #"ALTER COLUMN "full_name" SET STORAGE EXTERNAL, ALTER COLUMN "full_name" SET COMPRESSION lz4, "#
                    + #"ALTER COLUMN "full_name" SET STATISTICS 500"#,
                #"GRANT SELECT ("full_name") ON TABLE "app"."users" TO PUBLIC"#,
                #"GRANT UPDATE ("full_name") ON TABLE "app"."users" TO "web app" WITH GRANT OPTION"#,
            ]
        )
    }

    @Test("Values are compared by their image where equal ones may differ in it")
    func comparison() throws {
        let plan = try Fixture.plan(
            Fixture.users {
                $0.columns[1].baseType = "numeric"
                $0.columns[1].systemType = "numeric"
            }
        )
        #expect(
            plan.verification.differs.text
                == #"ROW("full_name")::record OPERATOR(pg_catalog.*<>) ROW("name")::record"#
        )
        #expect(
            plan.verificationAfterSwap.differs.text
                == #"ROW("name")::record OPERATOR(pg_catalog.*<>) ROW("full_name")::record"#
        )
    }

    @Test("The swap's exchange goes through a name that the table doesn't have")
    func spareName() throws {
        let plan = try Fixture.plan(
            Fixture.users { $0.columns.append(Fixture.column(3, "online_change_spare_0")) }
        )
        #expect(
            try statements(plan, "swap").prefix(3) == [
                #"ALTER TABLE "app"."users" RENAME COLUMN "name" TO "online_change_spare_1""#,
                #"ALTER TABLE "app"."users" RENAME COLUMN "full_name" TO "name""#,
                #"ALTER TABLE "app"."users" RENAME COLUMN "online_change_spare_1" TO "full_name""#,
            ]
        )
    }

    @Test("A trigger name that leaves no room before or after it is refused")
    func noTriggerName() {
        for name in ["", "\u{10FFFD}\u{10FFFD}"] as [Identifier] {
            #expect(
                throws: Failure(
                    .refused,
                    "no trigger name sorts before and after those that table app.users has",
                    left: "Nothing was changed.",
                    next: "Rename triggers whose names begin with a blank, '!' or '~'."
                )
            ) {
                try Fixture.plan(Fixture.users { $0.triggers = [Fixture.trigger(name, "…")] })
            }
        }
    }

    @Test(arguments: [
        (QualifiedName(schema: "public", name: "users"), "users.name-to-full_name"),
        (QualifiedName(schema: "app", name: "Order"), "app.Order.name-to-full_name"),
    ])
    func defaultName(table: QualifiedName, expected: String) throws {
        let name = Planner.defaultName(
            table: table,
            recipe: try RecipeReader.builtIn("rename-column"),
            arguments: ArgumentValues(columns: ["from": "name", "to": "full_name"])
        )
        #expect(name == expected)
    }

    private func statements(_ plan: Plan, _ phase: String) throws -> [String] {
        try #require(plan.phase(phase)).steps.flatMap(\.action.statements).map(\.text)
    }

    private func step(_ table: QualifiedName, _ title: String, _ mode: LockMode = .accessExclusive) -> Step {
        Step(
            title: title,
            action: .transaction(
                GuardedTransaction(
                    locks: [TableLock(table: table, mode: mode, reason: "for \(title)")],
                    statements: ["SELECT 1"]
                )
            )
        )
    }
}
