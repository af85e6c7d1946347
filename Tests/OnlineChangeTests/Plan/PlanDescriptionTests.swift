import Testing

@testable import OnlineChange

struct PlanDescriptionTests {
    @Test("The whole plan of a table, as --dry-run prints it")
    func whole() throws {
        try #expect(Fixture.plan(findings: [.note("table app.users", "something")]).text == Self.text)
    }

    @Test("What was acknowledged is marked, a tablespace is told, and a trigger is widened and narrowed")
    func pieces() throws {
        let text = try PlanStorageTests.everything().text
        #expect(
            text.contains(
                """
                Worth knowing
                  - table app.users: a note
                  - acknowledged: rule r: a risk
                """
            )
        )
        #expect(
            text.contains(
                """
                  3. copy index users_name_idx
                     in tablespace fast
                     lock: SHARE UPDATE EXCLUSIVE on the table for as long as it takes (no reader and no writer waits)
                     | CREATE INDEX CONCURRENTLY "users_name_idx_copy_b6089e38" ON "app"."users" USING btree (full_name);
                     undo:
                       lock: SHARE UPDATE EXCLUSIVE on the table for as long as it takes (no reader and no writer waits)
                       | DROP INDEX CONCURRENTLY IF EXISTS "app"."users_name_idx_copy_b6089e38";
                """
            )
        )
        let replacements = text.split(separator: "\n").filter { $0.contains("OR REPLACE TRIGGER touched") }
        #expect(replacements.count == 3)
        #expect(replacements.first?.contains(#"UPDATE OF name, "full_name" ON"#) == true)
        #expect(replacements.dropFirst().first?.contains("UPDATE OF name ON") == true)
        #expect(replacements.last?.contains("UPDATE OF full_name ON") == true)
    }

    private static let text = """
        rename-column app.users: name → full_name
        change app.users.name-to-full_name; about 1,000,000 rows, 128.0 MB; nothing has been touched

        Worth knowing
          - table app.users: something

        expand: Adds full_name beside name and installs the triggers that keep the two equal.

          1. add column full_name like name; keep name and full_name equal by triggers
             first: SHARE UPDATE EXCLUSIVE on app.users, which makes an autovacuum leave (no reader and no writer \
        waits)
             lock: ACCESS EXCLUSIVE on app.users for a few milliseconds (readers and writers wait while it is \
        held): ADD COLUMN changes what the table is; no row is read or written; triggers are added; no row is read \
        or written
             | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_in"() RETURNS trigger LANGUAGE \
        plpgsql AS 'BEGIN NEW."name" := NEW."full_name"; RETURN NEW; END';
             | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_out"() RETURNS trigger LANGUAGE \
        plpgsql AS 'BEGIN NEW."full_name" := NEW."name"; RETURN NEW; END';
             | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_count"() RETURNS trigger \
        LANGUAGE plpgsql
             |   SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN
             |     IF pg_catalog.nextval(''"online_change"."users.full_name_a27b6552_legacy_writes"''::pg_catalog.regclass) \
        OPERATOR(pg_catalog.=) 0 THEN
             |       PERFORM pg_catalog.setval(''"online_change"."users.full_name_a27b6552_legacy_first"''::pg_catalog.regclass, \
        pg_catalog.setval(''"online_change"."users.full_name_a27b6552_legacy_last"''::pg_catalog.regclass, \
        (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8));
             |     ELSIF pg_catalog.setval(''"online_change"."users.full_name_a27b6552_legacy_last"''::pg_catalog.regclass, \
        (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8) IS NULL THEN
             |       NULL;
             |     END IF;
             |     RETURN NEW;
             |   END';
             | CREATE SEQUENCE IF NOT EXISTS "online_change"."users.full_name_a27b6552_legacy_writes" MINVALUE 0 \
        START 0;
             | CREATE SEQUENCE IF NOT EXISTS "online_change"."users.full_name_a27b6552_legacy_first" MINVALUE 0 \
        START 0;
             | CREATE SEQUENCE IF NOT EXISTS "online_change"."users.full_name_a27b6552_legacy_last" MINVALUE 0 \
        START 0;
             | GRANT SELECT ON SEQUENCE "online_change"."users.full_name_a27b6552_legacy_writes", \
        "online_change"."users.full_name_a27b6552_legacy_first", "online_change"."users.full_name_a27b6552_legacy_last" \
        TO PUBLIC;
             | ALTER TABLE "app"."users" ADD COLUMN "full_name" text;
             | CREATE TRIGGER "!online_change full_name in i" BEFORE INSERT ON "app"."users" FOR EACH ROW
             |   WHEN (pg_catalog.num_nonnulls(NEW."full_name") = 1 AND NEW."full_name" IS DISTINCT FROM \
        NEW."name") EXECUTE FUNCTION "online_change"."users.full_name_a27b6552_in"();
             | CREATE TRIGGER "!online_change full_name in u" BEFORE UPDATE ON "app"."users" FOR EACH ROW
             |   WHEN (NEW."full_name" IS DISTINCT FROM OLD."full_name" AND NOT (NEW."name" IS DISTINCT FROM \
        OLD."name") AND NEW."full_name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION \
        "online_change"."users.full_name_a27b6552_in"();
             | CREATE TRIGGER "~online_change full_name out" BEFORE INSERT OR UPDATE ON "app"."users" FOR EACH ROW
             |   WHEN (NEW."full_name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION \
        "online_change"."users.full_name_a27b6552_out"();
             | ALTER TABLE "app"."users" ENABLE ALWAYS TRIGGER "!online_change full_name in i", \
        ENABLE ALWAYS TRIGGER "!online_change full_name in u", \
        ENABLE ALWAYS TRIGGER "~online_change full_name out";
             undo:
               first: SHARE UPDATE EXCLUSIVE on app.users, which makes an autovacuum leave (no reader and no writer \
        waits)
               lock: ACCESS EXCLUSIVE on app.users for a few milliseconds (readers and writers wait while it is \
        held): triggers are dropped; no row is touched; DROP COLUMN changes what the table is; no row is touched
               | DROP TRIGGER IF EXISTS "!online_change full_name in i" ON "app"."users";
               | DROP TRIGGER IF EXISTS "!online_change full_name in u" ON "app"."users";
               | DROP TRIGGER IF EXISTS "~online_change full_name out" ON "app"."users";
               | DROP TRIGGER IF EXISTS "!online_change full_name count i" ON "app"."users";
               | DROP TRIGGER IF EXISTS "!online_change full_name count u" ON "app"."users";
               | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_in"();
               | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_out"();
               | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_count"();
               | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_writes";
               | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_first";
               | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_last";
               | ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "full_name";

          before the next phase:
            now     New rows hold name and full_name alike; older ones get full_name from the backfill.

        backfill: Copies name into full_name for the rows that were there before, gives full_name the indexes of \
        name, and compares every row.

          2. copy name into full_name
             lock: rows of one batch, each batch a transaction of some 25 ms; unsynced rows only
             order: in 11 diagonal stripes by the row's place (no primary key of whole numbers), so that most rows \
        stay in their pages and the indexes as they are
             lock: SHARE UPDATE EXCLUSIVE on app.users while it is vacuumed, at each quarter of a heap of 8.0 MB or \
        more (no reader and no writer waits)
             | UPDATE "app"."users" AS t SET "full_name" = "name"
             |   WHERE ctid >= '(first,0)' AND ctid < '(last,0)' AND (pg_catalog.hashtid(t.ctid) \
        OPERATOR(pg_catalog.&) 2147483647) OPERATOR(pg_catalog.%) 11 = stripe AND "full_name" IS DISTINCT FROM "name";
             | VACUUM (SKIP_LOCKED, TRUNCATE false) "app"."users";
             undo: none needed

          3. vacuum and analyze app.users
             lock: SHARE UPDATE EXCLUSIVE on app.users for as long as it takes (no reader and no writer waits)
             | VACUUM (ANALYZE, TRUNCATE false) "app"."users";
             undo: none needed

          4. compare name and full_name in every row
             lock: none; ranges of some 100 ms
             | SELECT count(*), count(*) FILTER (WHERE "full_name" IS DISTINCT FROM "name")
             |   FROM "app"."users" WHERE ctid >= '(first,0)' AND ctid < '(last,0)';
             undo: none needed

          before the next phase:
            now     Both names work: name and full_name hold the same in every row, whichever of them a
                    statement writes. INSERT … ON CONFLICT (name) works until swap, ON CONFLICT (full_name)
                    from swap on.
            deploy  A release that reads and writes full_name. Old releases keep on with name beside it, in
                    any mixture. Put new indexes, constraints, defaults or comments on full_name after swap
                    only: until then it is the column that goes.
            check   The new release's sessions are there. Those whose last statement has the new name:
                    SELECT application_name, count(*) FROM pg_stat_activity
                    WHERE query ~ ('\\m' || 'full_name' || '\\M') AND pid <> pg_backend_pid() GROUP BY 1;

        swap: Exchanges the two names in one transaction, so that the original column with all that hangs on it is \
        full_name.

          5. exchange the names of name and full_name
             first: SHARE UPDATE EXCLUSIVE on app.users, which makes an autovacuum leave (no reader and no writer \
        waits)
             lock: ACCESS EXCLUSIVE on app.users for a few milliseconds (readers and writers wait while it is \
        held): RENAME COLUMN; no row is read or written
             only if: a comparison of all rows found no difference, the triggers are untouched since, and no older \
        snapshot is open
             only if: every trigger function of the table that mentions name mentions full_name too
             | ALTER TABLE "app"."users" RENAME COLUMN "name" TO "online_change_spare_0";
             | ALTER TABLE "app"."users" RENAME COLUMN "full_name" TO "name";
             | ALTER TABLE "app"."users" RENAME COLUMN "online_change_spare_0" TO "full_name";
             | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_in"() RETURNS trigger LANGUAGE \
        plpgsql AS 'BEGIN NEW."full_name" := NEW."name"; RETURN NEW; END';
             | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_out"() RETURNS trigger LANGUAGE \
        plpgsql AS 'BEGIN NEW."name" := NEW."full_name"; RETURN NEW; END';
             | CREATE TRIGGER "!online_change full_name count i" BEFORE INSERT ON "app"."users" FOR EACH ROW
             |   WHEN (pg_catalog.num_nonnulls(NEW."name") = 1 AND NEW."name" IS DISTINCT FROM NEW."full_name") \
        EXECUTE FUNCTION "online_change"."users.full_name_a27b6552_count"();
             | CREATE TRIGGER "!online_change full_name count u" BEFORE UPDATE ON "app"."users" FOR EACH ROW
             |   WHEN (NEW."name" IS DISTINCT FROM OLD."name" AND NOT (NEW."full_name" IS DISTINCT FROM \
        OLD."full_name") AND NEW."name" IS DISTINCT FROM NEW."full_name") EXECUTE FUNCTION \
        "online_change"."users.full_name_a27b6552_count"();
             | ALTER TABLE "app"."users" ENABLE ALWAYS TRIGGER "!online_change full_name count i", \
        ENABLE ALWAYS TRIGGER "!online_change full_name count u";
             | SELECT pg_catalog.setval('"online_change"."users.full_name_a27b6552_legacy_writes"'::pg_catalog.regclass, 0, false), \
        pg_catalog.setval('"online_change"."users.full_name_a27b6552_legacy_first"'::pg_catalog.regclass, 0, false), \
        pg_catalog.setval('"online_change"."users.full_name_a27b6552_legacy_last"'::pg_catalog.regclass, 0, false);
             undo:
               first: SHARE UPDATE EXCLUSIVE on app.users, which makes an autovacuum leave (no reader and no writer \
        waits)
               lock: ACCESS EXCLUSIVE on app.users for a few milliseconds (readers and writers wait while it is \
        held): RENAME COLUMN; no row is read or written
               | ALTER TABLE "app"."users" RENAME COLUMN "name" TO "online_change_spare_0";
               | ALTER TABLE "app"."users" RENAME COLUMN "full_name" TO "name";
               | ALTER TABLE "app"."users" RENAME COLUMN "online_change_spare_0" TO "full_name";
               | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_in"() RETURNS trigger \
        LANGUAGE plpgsql AS 'BEGIN NEW."name" := NEW."full_name"; RETURN NEW; END';
               | CREATE OR REPLACE FUNCTION "online_change"."users.full_name_a27b6552_out"() RETURNS trigger \
        LANGUAGE plpgsql AS 'BEGIN NEW."full_name" := NEW."name"; RETURN NEW; END';
               | DROP TRIGGER IF EXISTS "!online_change full_name count i" ON "app"."users";
               | DROP TRIGGER IF EXISTS "!online_change full_name count u" ON "app"."users";

          before the next phase:
            now     The original column, with all that hangs on it, is called full_name. name works until
                    drop, and writes that come by it alone are counted.
            deploy  The release that uses full_name alone; let the last one that uses name go.
            check   online-change evidence finds no late write, statement or session that uses name.

        drop: Drops the legacy column name and all that online-change installed. There is no way back from here.

          6. drop column name and the triggers
             first: SHARE UPDATE EXCLUSIVE on app.users, which makes an autovacuum leave (no reader and no writer \
        waits)
             lock: ACCESS EXCLUSIVE on app.users for a few milliseconds (readers and writers wait while it is \
        held): DROP COLUMN changes what the table is; no row is touched
             only if: no trigger function of the table mentions name
             | DROP TRIGGER IF EXISTS "!online_change full_name in i" ON "app"."users";
             | DROP TRIGGER IF EXISTS "!online_change full_name in u" ON "app"."users";
             | DROP TRIGGER IF EXISTS "~online_change full_name out" ON "app"."users";
             | DROP TRIGGER IF EXISTS "!online_change full_name count i" ON "app"."users";
             | DROP TRIGGER IF EXISTS "!online_change full_name count u" ON "app"."users";
             | ALTER TABLE "app"."users" DROP COLUMN IF EXISTS "name";
             | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_in"();
             | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_out"();
             | DROP FUNCTION IF EXISTS "online_change"."users.full_name_a27b6552_count"();
             | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_writes";
             | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_first";
             | DROP SEQUENCE IF EXISTS "online_change"."users.full_name_a27b6552_legacy_last";
             undo: none, there is no way back
        """
}
