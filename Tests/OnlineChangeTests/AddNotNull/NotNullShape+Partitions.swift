import Postgres

extension NotNullShape {
    /// Partitioned tables: every kind of key, levels, and partitions that differ from their parent.
    static let partitioned: [NotNullShape] = [
        partitioned(
            "by range, with a default",
            """
            CREATE TABLE item (id integer PRIMARY KEY, name text DEFAULT 'none') PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
            CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (100); CREATE TABLE rest PARTITION OF item DEFAULT;
            CREATE INDEX item_name ON item (name); ALTER TABLE item ADD CONSTRAINT filled CHECK (name <> '-');
            ALTER TABLE low ALTER name SET DEFAULT 'low', ALTER name SET STATISTICS 7; CREATE VIEW seen AS SELECT name FROM item
            """,
            acknowledge: ["constraint filled"]
        ),
        partitioned(
            "by list, then by range and by hash, nothing to fill",
            """
            CREATE TABLE item (id integer, name text, kind text DEFAULT 'a', region integer DEFAULT 1)
              PARTITION BY LIST (kind);
            CREATE TABLE a PARTITION OF item FOR VALUES IN ('a') PARTITION BY RANGE (id);
            CREATE TABLE a_low PARTITION OF a FOR VALUES FROM (0) TO (8);
            CREATE TABLE a_high PARTITION OF a FOR VALUES FROM (8) TO (1000) PARTITION BY HASH (region, id);
            CREATE TABLE a_high_0 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE a_high_1 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE TABLE others PARTITION OF item DEFAULT PARTITION BY RANGE ((region % 10));
            CREATE TABLE others_all PARTITION OF others FOR VALUES FROM (MINVALUE) TO (MAXVALUE)
            """,
            fill: nil,
            writes: ["INSERT INTO item (id, name) VALUES (101, 'new')", "UPDATE item SET kind = 'b' WHERE id = 3"]
        ),
        partitioned(
            "by hash, two levels, filled from columns in another order",
            """
            CREATE TABLE item (gone text, id integer NOT NULL, name text, code text DEFAULT 'c') PARTITION BY HASH (id);
            ALTER TABLE item DROP COLUMN gone;
            CREATE TABLE h0 (name text, waste integer, code text, id integer NOT NULL); ALTER TABLE h0 DROP COLUMN waste;
            ALTER TABLE item ATTACH PARTITION h0 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE h1 (code text, id integer NOT NULL, name text) PARTITION BY RANGE (id);
            ALTER TABLE item ATTACH PARTITION h1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE TABLE h1_all PARTITION OF h1 DEFAULT
            """,
            fill: "coalesce(code, 'none') || id",
            writes: writesOfNull.filter { !$0.text.contains("CONFLICT") }
        ),
        partitioned(
            "NOT NULL, keys, checks and triggers of a partition's own",
            """
            CREATE TABLE item (id integer PRIMARY KEY, name text) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8); CREATE TABLE rest PARTITION OF item DEFAULT;
            CREATE TABLE owned PARTITION OF item FOR VALUES FROM (5000) TO (6000) PARTITION BY LIST (id);
            CREATE TABLE owned_all PARTITION OF owned DEFAULT; INSERT INTO item VALUES (5001, 'x');
            ALTER TABLE owned ALTER name SET NOT NULL; ALTER TABLE low ADD CONSTRAINT short CHECK (length(name) < 99);
            CREATE UNIQUE INDEX own ON low (id, name); ALTER TABLE rest ADD CONSTRAINT twice UNIQUE (name, id);
            CREATE FUNCTION emptied() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := NULL; RETURN NEW; END';
            CREATE TRIGGER "~a" BEFORE INSERT ON rest FOR EACH ROW WHEN (NEW.id = 102) EXECUTE FUNCTION emptied()
            """,
            fill: "'nr ' || id",
            acknowledge: ["constraint short on public.low"]
        ),
        partitioned(
            "a valid check proves it",
            """
            CREATE TABLE item (id integer PRIMARY KEY, name text) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8); CREATE TABLE rest PARTITION OF item DEFAULT;
            ALTER TABLE item ADD CONSTRAINT proof CHECK (name IS NOT NULL)
            """,
            fill: nil,
            writes: ["INSERT INTO item (id, name) VALUES (101, 'new')"]
        ),
        NotNullShape(
            name: "partitions: quoted names, in another schema",
            table: QualifiedName(schema: "The App", name: "All \"Items\" !"),
            column: "old Name",
            setup: """
                CREATE SCHEMA "The App"; CREATE SCHEMA "Cold Store";
                CREATE TABLE "The App"."All ""Items"" !" (id integer, "old Name" text, "a.key" integer DEFAULT 1) PARTITION BY LIST ("a.key");
                CREATE TABLE "Cold Store"."Part; one" PARTITION OF "The App"."All ""Items"" !" FOR VALUES IN (1) PARTITION BY RANGE (id);
                CREATE TABLE "Cold Store"."1" PARTITION OF "Cold Store"."Part; one" FOR VALUES FROM (0) TO (9);
                CREATE TABLE "The App"."%s" PARTITION OF "Cold Store"."Part; one" DEFAULT;
                ALTER TABLE "Cold Store"."1" ADD CONSTRAINT "online_change old Name not null" CHECK (id > -5);
                INSERT INTO "The App"."All ""Items"" !" SELECT n, 'name ' || n FROM generate_series(1, 20) AS n
                """,
            fill: #"'none ' || "a.key""#,
            nulls: #"UPDATE "The App"."All ""Items"" !" SET "old Name" = NULL WHERE id % 3 = 0"#,
            writes: [
                #"UPDATE "Cold Store"."1" SET "old Name" = NULL"#, #"INSERT INTO "The App"."%s" (id) VALUES (102)"#,
            ],
            needs: [.version(15_00_00)]
        ),
    ]

    private static func partitioned(
        _ name: String,
        _ setup: SQL,
        fill: String? = "'unknown'",
        writes: [SQL] = writesOfNull,
        acknowledge: Set<String> = []
    ) -> NotNullShape {
        NotNullShape(
            name: "partitions: \(name)",
            setup: "\(setup); \(rows)",
            fill: fill,
            nulls: fill == nil
                ? "UPDATE item SET name = name WHERE id = 1"
                : "UPDATE item SET name = NULL WHERE id % 3 = 0 AND id < 5000",
            writes: writes,
            acknowledge: acknowledge,
            needs: [.version(15_00_00)]
        )
    }
}
