import Postgres
import Testing

@testable import OnlineChange

@Suite struct DualWriteTests {
    private static let table = QualifiedName(schema: "public", name: "t")

    private func make(_ replica: Identifier = "full_name", others: [Identifier] = [], oid: UInt32 = 1) -> DualWrite? {
        DualWrite(table: Self.table, replica: replica, others: others, oid: oid)
    }

    // MARK: Names

    /// Byte order, as the server fires them: ours are first and last whatever the user's are called.
    @Test(
        arguments: [
            [], ["audit"], ["!important"], ["!online"], ["!", "!!"], [" x"], ["~last"], ["~~", "~z"], ["~~~~~~~~a"],
            ["é", "ü"],
            ["\u{7F}"], ["ÿ", "\u{FFFF}"], ["Zebra", "_x", "0"], ["!online_change", "~online_change"],
        ] as [[Identifier]]
    )
    func sortFirstAndLast(_ others: [Identifier]) throws {
        let dualWrite = try #require(make(others: others))
        for other in others {
            #expect(dualWrite.inInsert < other)
            #expect(dualWrite.inUpdate < other)
            #expect(other < dualWrite.out)
        }
    }

    @Test(arguments: ["\u{1}", "  a", "\u{10FFFF}", "  "] as [Identifier])
    func refusedWhereNoNameSorts(_ other: Identifier) {
        #expect(make(others: [other]) == nil)
    }

    @Test func ownTriggersAreNoRivals() throws {
        let first = try #require(make("a"))
        #expect(first.triggerNames.filter(DualWrite.isOurs) == first.triggerNames)
        let second = try #require(make("b", others: first.triggerNames))
        #expect(second.triggerNames == ["!online_change b in i", "!online_change b in u", "~online_change b out"])
        #expect(!DualWrite.isOurs("online_changes"))
        #expect(!DualWrite.isOurs("my online_change trigger"))
    }

    /// Two columns whose names agree in all that fits get triggers and functions of their own.
    @Test func longNamesStayApart() throws {
        let start = String(repeating: "n", count: 62)
        let one = try #require(make(Identifier(start + "1")))
        let other = try #require(make(Identifier(start + "2")))
        let accented = try #require(make(Identifier(String(repeating: "é", count: 31))))
        let names = [one, other, accented].flatMap(\.triggerNames)
        #expect(Set(names).count == 9)
        #expect(names.filter(\.isStorable) == names)
        #expect(names.filter(DualWrite.isOurs) == names)
        let pair = ColumnPair.example
        let functions = [one, other, accented].flatMap { $0.preparation(pair) }.map { $0.text.prefix { $0 != "(" } }
        #expect(Set(functions).count == 21)
    }

    @Test func sameColumnNamesInTwoTablesStayApart() throws {
        let one = try #require(make(oid: 1))
        let other = try #require(make(oid: 2))
        #expect(Set(one.cleanup).isDisjoint(with: other.cleanup))
    }

    // MARK: Statements

    @Test func creation() throws {
        let statements = try #require(make()).creation(.example).map(\.text)
        #expect(
            statements == [
                """
                CREATE TRIGGER "!online_change full_name in i" BEFORE INSERT ON "public"."t" FOR EACH ROW
                WHEN (pg_catalog.num_nonnulls(NEW."full_name") = 1 AND NEW."full_name" IS DISTINCT FROM NEW."name") \
                EXECUTE FUNCTION "online_change"."t.full_name_2533f279_in"()
                """,
                """
                CREATE TRIGGER "!online_change full_name in u" BEFORE UPDATE ON "public"."t" FOR EACH ROW
                WHEN (NEW."full_name" IS DISTINCT FROM OLD."full_name" AND NOT (NEW."name" IS DISTINCT FROM OLD."name") \
                AND NEW."full_name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "online_change"."t.full_name_2533f279_in"()
                """,
                """
                CREATE TRIGGER "~online_change full_name out" BEFORE INSERT OR UPDATE ON "public"."t" FOR EACH ROW
                WHEN (NEW."full_name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "online_change"."t.full_name_2533f279_out"()
                """,
                """
                ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!online_change full_name in i", \
                ENABLE ALWAYS TRIGGER "!online_change full_name in u", ENABLE ALWAYS TRIGGER "~online_change full_name out"
                """,
            ]
        )
    }

    @Test func preparation() throws {
        let statements = try #require(make()).preparation(.example).map(\.text)
        #expect(
            statements == [
                """
                CREATE OR REPLACE FUNCTION "online_change"."t.full_name_2533f279_in"() RETURNS trigger LANGUAGE plpgsql \
                AS 'BEGIN NEW."name" := NEW."full_name"; RETURN NEW; END'
                """,
                """
                CREATE OR REPLACE FUNCTION "online_change"."t.full_name_2533f279_out"() RETURNS trigger LANGUAGE plpgsql \
                AS 'BEGIN NEW."full_name" := NEW."name"; RETURN NEW; END'
                """,
                """
                CREATE OR REPLACE FUNCTION "online_change"."t.full_name_2533f279_count"() RETURNS trigger LANGUAGE plpgsql
                SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN
                  IF pg_catalog.nextval(''"online_change"."t.full_name_2533f279_legacy_writes"''::pg_catalog.regclass) \
                OPERATOR(pg_catalog.=) 0 THEN
                    PERFORM pg_catalog.setval(''"online_change"."t.full_name_2533f279_legacy_first"''::pg_catalog.regclass, \
                pg_catalog.setval(''"online_change"."t.full_name_2533f279_legacy_last"''::pg_catalog.regclass, \
                (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8));
                  ELSIF pg_catalog.setval(''"online_change"."t.full_name_2533f279_legacy_last"''::pg_catalog.regclass, \
                (pg_catalog.date_part(''epoch'', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8) IS NULL THEN
                    NULL;
                  END IF;
                  RETURN NEW;
                END'
                """,
                #"CREATE SEQUENCE IF NOT EXISTS "online_change"."t.full_name_2533f279_legacy_writes" MINVALUE 0 START 0"#,
                #"CREATE SEQUENCE IF NOT EXISTS "online_change"."t.full_name_2533f279_legacy_first" MINVALUE 0 START 0"#,
                #"CREATE SEQUENCE IF NOT EXISTS "online_change"."t.full_name_2533f279_legacy_last" MINVALUE 0 START 0"#,
                """
                GRANT SELECT ON SEQUENCE "online_change"."t.full_name_2533f279_legacy_writes", \
                "online_change"."t.full_name_2533f279_legacy_first", "online_change"."t.full_name_2533f279_legacy_last" \
                TO PUBLIC
                """,
            ]
        )
    }

    @Test func exchange() throws {
        let statements = try #require(make()).exchange(ColumnPair.example.exchanged).map(\.text)
        #expect(
            statements == [
                """
                CREATE OR REPLACE FUNCTION "online_change"."t.full_name_2533f279_in"() RETURNS trigger LANGUAGE plpgsql \
                AS 'BEGIN NEW."full_name" := NEW."name"; RETURN NEW; END'
                """,
                """
                CREATE OR REPLACE FUNCTION "online_change"."t.full_name_2533f279_out"() RETURNS trigger LANGUAGE plpgsql \
                AS 'BEGIN NEW."name" := NEW."full_name"; RETURN NEW; END'
                """,
            ]
        )
    }

    @Test func removalAndCleanup() throws {
        let dualWrite = try #require(make())
        #expect(
            (dualWrite.removal + dualWrite.cleanup).map(\.text) == [
                #"DROP TRIGGER IF EXISTS "!online_change full_name in i" ON "public"."t""#,
                #"DROP TRIGGER IF EXISTS "!online_change full_name in u" ON "public"."t""#,
                #"DROP TRIGGER IF EXISTS "~online_change full_name out" ON "public"."t""#,
                #"DROP TRIGGER IF EXISTS "!online_change full_name count i" ON "public"."t""#,
                #"DROP TRIGGER IF EXISTS "!online_change full_name count u" ON "public"."t""#,
                #"DROP FUNCTION IF EXISTS "online_change"."t.full_name_2533f279_in"()"#,
                #"DROP FUNCTION IF EXISTS "online_change"."t.full_name_2533f279_out"()"#,
                #"DROP FUNCTION IF EXISTS "online_change"."t.full_name_2533f279_count"()"#,
                #"DROP SEQUENCE IF EXISTS "online_change"."t.full_name_2533f279_legacy_writes""#,
                #"DROP SEQUENCE IF EXISTS "online_change"."t.full_name_2533f279_legacy_first""#,
                #"DROP SEQUENCE IF EXISTS "online_change"."t.full_name_2533f279_legacy_last""#,
            ]
        )
    }
}

extension ColumnPair {
    /// `name` and `full_name` of a text column.
    fileprivate static var example: ColumnPair {
        let column = Column(
            number: 2,
            name: "name",
            type: "text",
            baseType: "text",
            typeKind: "b",
            baseTypeKind: "b",
            systemType: "text",
            typeHasDefault: false,
            length: -1,
            hasNondeterministicCollation: false,
            isNotNull: false,
            hasComment: false,
            identity: "",
            generated: "",
            compression: "",
            grants: []
        )
        return ColumnPair(table: QualifiedName(schema: "public", name: "t"), column: column, replica: "full_name")
    }
}
