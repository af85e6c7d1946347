import Postgres
import Testing

@testable import OnlineChange

struct NotNullPlanTests {
    @Test("The plan with a fill expression, as --dry-run prints its statements")
    func filled() throws {
        let fill = FillExpression(text: #"(lower("Login") || id)"#, reads: ["id", "Login"])
        try #expect(statements(plan(NotNullFacts(fill: fill))) == Self.filledStatements)
    }

    @Test("Without one NULL is refused at once")
    func unfilled() throws {
        try #expect(
            statements(plan(NotNullFacts())) == """
                expand 1: refuse NULL in name from now on
                  ALTER TABLE "app"."users" ADD CONSTRAINT "online_change name not null" CHECK ("name" IS NOT NULL) NOT VALID
                  undo: ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "online_change name not null"
                backfill 1: look for NULL in name in every row
                  SELECT count(*), count(*) FILTER (WHERE "name" IS NULL)
                FROM "app"."users" WHERE ctid >= '(first,0)' AND ctid < '(last,0)'
                swap 1: prove that no row has NULL in name
                  ALTER TABLE "app"."users" VALIDATE CONSTRAINT "online_change name not null"
                swap 2: make name NOT NULL
                  ALTER TABLE "app"."users" ALTER COLUMN "name" SET NOT NULL
                  ALTER TABLE "app"."users" DROP CONSTRAINT "online_change name not null"
                  undo: ALTER TABLE "app"."users" ALTER COLUMN "name" DROP NOT NULL
                """
        )
    }

    @Test("From 18 on the constraint is the server's own, added NOT VALID")
    func newServer() throws {
        var facts = Fixture.facts
        facts.version = 18_00_00
        try #expect(
            statements(plan(NotNullFacts(taken: ["users_name_not_null"]), facts)).contains(
                """
                expand 1: refuse NULL in name from now on
                  ALTER TABLE "app"."users" ADD CONSTRAINT "users_name_not_null1" NOT NULL "name" NOT VALID
                  undo: ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "users_name_not_null1"
                """
            )
        )
        try #expect(plan(NotNullFacts(), facts).phase("swap")?.steps.count == 1)
    }

    @Test("A valid check of the user's is all the proof that is needed, and stays")
    func proven() throws {
        let facts = NotNullFacts(proof: "mine")
        try #expect(
            statements(plan(facts)) == """
                swap 1: make name NOT NULL
                  ALTER TABLE "app"."users" ALTER COLUMN "name" SET NOT NULL
                  undo: ALTER TABLE "app"."users" ALTER COLUMN "name" DROP NOT NULL
                """
        )
    }

    @Test("The trigger is ours to watch and to clear away; kept, it stays after drop")
    func triggerNames() throws {
        let facts = NotNullFacts(fill: FillExpression(text: "1", reads: []))
        let plan = try plan(facts)
        #expect(plan.triggerNames == ["~online_change name fill"])
        #expect(plan.allTriggerNames == plan.triggerNames)
        #expect(plan.cleanup.count == 4)
        #expect(plan.namesInUse(in: plan.tableOID) == ["name"])
        #expect(plan.verification.repair?.text == #""name" = 1"#)
        #expect(plan.change == "app.users.name-not-null")
        #expect(
            plan.destruction
                == "This drops the trigger that fills NULLs of app.users, and there is no way back from it."
        )
        let kept = try self.plan(facts, keepsFilling: true)
        #expect(kept.phase("drop")?.steps == [])
        #expect(kept.destruction == "This ends the change of app.users, and there is no way back from it.")
    }

    @Test("A composite column is looked at by what NOT NULL means, not by IS NULL")
    func composite() throws {
        var facts = Fixture.facts
        facts.version = 18_00_00
        let plan = try plan(NotNullFacts(), facts) { $0.columns[1].baseTypeKind = "c" }
        #expect(plan.verification.differs.text == #"pg_catalog.num_nulls("name") = 1"#)
    }

    private func plan(
        _ notNull: NotNullFacts,
        _ facts: ServerFacts = Fixture.facts,
        keepsFilling: Bool = false,
        change: (inout TableSnapshot) -> Void = { _ in }
    ) throws -> Plan {
        let recipe = try RecipeReader.builtIn("add-not-null")
        var arguments = ArgumentValues(columns: ["column": "name"])
        if notNull.fill != nil { arguments.texts["fill"] = "…" }
        if keepsFilling { arguments.texts["keep-filling"] = "yes" }
        return try Planner(
            recipe: recipe,
            arguments: arguments,
            change: Planner.defaultName(table: Fixture.table, recipe: recipe, arguments: arguments),
            options: PlanningOptions()
        ).plan(
            table: Fixture.users(change),
            facts: facts,
            exchanged: ExchangedDefinitions(),
            notNull: notNull,
            findings: []
        )
    }

    private func statements(_ plan: Plan) -> String {
        plan.phases.flatMap { phase in
            phase.steps.enumerated().flatMap { number, step in
                ["\(phase.name) \(number + 1): \(step.title)"] + step.action.statements.map { "  \($0.text)" }
                    + (step.undo?.statements ?? []).map { "  undo: \($0.text)" }
            }
        }.joined(separator: "\n")
    }

    private static let filledStatements = """
        expand 1: fill NULLs in name by a trigger
          CREATE SEQUENCE IF NOT EXISTS "online_change"."users.name_36e19b92_filled_writes" MINVALUE 0 START 0
          CREATE SEQUENCE IF NOT EXISTS "online_change"."users.name_36e19b92_filled_first" MINVALUE 0 START 0
          CREATE SEQUENCE IF NOT EXISTS "online_change"."users.name_36e19b92_filled_last" MINVALUE 0 START 0
          GRANT SELECT ON SEQUENCE "online_change"."users.name_36e19b92_filled_writes", "online_change"."users.name_36e19b92_filled_first", "online_change"."users.name_36e19b92_filled_last" TO PUBLIC
          CREATE OR REPLACE FUNCTION "online_change"."users.name_36e19b92_fill"() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS '#variable_conflict use_column
        BEGIN
          IF pg_catalog.nextval(''"online_change"."users.name_36e19b92_filled_writes"''::pg_catalog.regclass) OPERATOR(pg_catalog.=) 0 THEN
            PERFORM pg_catalog.setval(''"online_change"."users.name_36e19b92_filled_first"''::pg_catalog.regclass, pg_catalog.setval(''"online_change"."users.name_36e19b92_filled_last"''::pg_catalog.regclass, (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8));
          ELSIF pg_catalog.setval(''"online_change"."users.name_36e19b92_filled_last"''::pg_catalog.regclass, (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8) IS NULL THEN
            NULL;
          END IF;
          NEW."name" := (SELECT (lower("Login") || id) FROM (SELECT NEW."id" AS "id", NEW."Login" AS "Login") AS filled);
          RETURN NEW;
        EXCEPTION
          WHEN transaction_rollback THEN RAISE;
          WHEN OTHERS THEN RETURN NEW;
        END'
          REVOKE ALL ON FUNCTION "online_change"."users.name_36e19b92_fill"() FROM PUBLIC
          CREATE OR REPLACE TRIGGER "~online_change name fill" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW
        WHEN (NEW."name" IS NULL) EXECUTE FUNCTION "online_change"."users.name_36e19b92_fill"()
          ALTER TABLE "app"."users" ENABLE ALWAYS TRIGGER "~online_change name fill"
          undo: DROP TRIGGER IF EXISTS "~online_change name fill" ON "app"."users"
          undo: DROP FUNCTION IF EXISTS "online_change"."users.name_36e19b92_fill"()
          undo: DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_writes"
          undo: DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_first"
          undo: DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_last"
        backfill 1: fill the NULLs in name
          UPDATE "app"."users" AS t SET "name" = (lower("Login") || id)
        WHERE ctid >= '(first,0)' AND ctid < '(last,0)' AND (pg_catalog.hashtid(t.ctid) OPERATOR(pg_catalog.&) 2147483647) OPERATOR(pg_catalog.%) 11 = stripe AND "name" IS NULL
          VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users"
        backfill 2: vacuum and analyze app.users
          VACUUM (ANALYZE, TRUNCATE false) "app"."users"
        backfill 3: look for NULL in name in every row
          SELECT count(*), count(*) FILTER (WHERE "name" IS NULL)
        FROM "app"."users" WHERE ctid >= '(first,0)' AND ctid < '(last,0)'
        swap 1: look for NULL in name in every row
          SELECT count(*), count(*) FILTER (WHERE "name" IS NULL)
        FROM "app"."users" WHERE ctid >= '(first,0)' AND ctid < '(last,0)'
        swap 2: refuse NULL in name from now on
          ALTER TABLE "app"."users" ADD CONSTRAINT "online_change name not null" CHECK ("name" IS NOT NULL) NOT VALID
          undo: ALTER TABLE "app"."users" DROP CONSTRAINT IF EXISTS "online_change name not null"
        swap 3: prove that no row has NULL in name
          ALTER TABLE "app"."users" VALIDATE CONSTRAINT "online_change name not null"
        swap 4: make name NOT NULL
          ALTER TABLE "app"."users" ALTER COLUMN "name" SET NOT NULL
          ALTER TABLE "app"."users" DROP CONSTRAINT "online_change name not null"
          undo: ALTER TABLE "app"."users" ALTER COLUMN "name" DROP NOT NULL
        drop 1: drop the trigger that fills NULLs
          DROP TRIGGER IF EXISTS "~online_change name fill" ON "app"."users"
          DROP FUNCTION IF EXISTS "online_change"."users.name_36e19b92_fill"()
          DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_writes"
          DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_first"
          DROP SEQUENCE IF EXISTS "online_change"."users.name_36e19b92_filled_last"
        """
}
