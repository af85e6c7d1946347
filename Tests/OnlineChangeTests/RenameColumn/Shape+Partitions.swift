import Postgres

extension Shape {
    /// Partitioned tables: every kind of key, levels, and partitions that differ from their parent.
    static let partitions: [Shape] = [
        partitioned(
            "by range, with a default",
            """
            CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'none') PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
            CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (100);
            CREATE TABLE rest PARTITION OF item DEFAULT;
            CREATE INDEX item_name ON item (name);
            CREATE INDEX item_lower ON item (lower(name) DESC, id) WHERE name <> '';
            CREATE UNIQUE INDEX item_unique ON item (id, name);
            COMMENT ON COLUMN item.name IS 'the name'; COMMENT ON INDEX item_name IS 'by name';
            ALTER TABLE item ALTER name SET STATISTICS 7, ADD CONSTRAINT filled CHECK (name <> '-');
            ALTER TABLE low ALTER name SET DEFAULT 'low', ALTER name SET STORAGE EXTERNAL
            """
        ),
        partitioned(
            "by list, then by range and by hash",
            """
            CREATE TABLE item (id integer, name text, kind text DEFAULT 'a', region integer DEFAULT 1)
              PARTITION BY LIST (kind);
            CREATE TABLE a PARTITION OF item FOR VALUES IN ('a') PARTITION BY RANGE (id);
            CREATE TABLE a_low PARTITION OF a FOR VALUES FROM (0) TO (8);
            CREATE TABLE a_high PARTITION OF a FOR VALUES FROM (8) TO (1000) PARTITION BY HASH (region, id);
            CREATE TABLE a_high_0 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE a_high_1 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE TABLE others PARTITION OF item DEFAULT PARTITION BY RANGE ((region % 10));
            CREATE TABLE others_all PARTITION OF others FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
            CREATE INDEX item_name ON item (name, region);
            CREATE INDEX a_name ON a (name) INCLUDE (id);
            CREATE INDEX ON a_low (upper(name));
            CREATE INDEX ON others (name)
            """,
            more: "UPDATE item SET kind = CASE WHEN id % 3 = 0 THEN 'b' ELSE 'a' END, region = id;"
        ),
        partitioned(
            "attached, with columns in another order",
            """
            CREATE TABLE item (gone text, id integer NOT NULL, name text, code text) PARTITION BY RANGE (id);
            ALTER TABLE item DROP COLUMN gone;
            CREATE TABLE low (name text, waste integer, code text, junk text, id integer NOT NULL);
            ALTER TABLE low DROP COLUMN waste, DROP COLUMN junk;
            CREATE INDEX low_name ON low (name); CREATE INDEX low_code ON low (code); CREATE UNIQUE INDEX low_own ON low (name, id);
            CREATE INDEX item_name ON item (name);
            ALTER TABLE item ATTACH PARTITION low FOR VALUES FROM (0) TO (8);
            CREATE TABLE high (code text, id integer NOT NULL, name text);
            ALTER TABLE item ATTACH PARTITION high FOR VALUES FROM (8) TO (1000);
            CREATE INDEX high_local ON high (code) WHERE name IS NOT NULL;
            CREATE VIEW names AS SELECT name, id FROM item;
            CREATE STATISTICS both_columns ON name, code FROM high
            """
        ),
        partitioned(
            "foreign keys to and from",
            """
            CREATE TABLE label (name text PRIMARY KEY); INSERT INTO label SELECT 'name ' || n FROM generate_series(1, 20) AS n;
            INSERT INTO label VALUES ('by update'), ('by insert'), ('another'), ('again');
            INSERT INTO label SELECT 'name ' || n || '!' FROM generate_series(1, 20) AS n;
            CREATE TABLE item (id integer, name text REFERENCES label, UNIQUE (id, name), PRIMARY KEY (id))
              PARTITION BY HASH (id);
            CREATE TABLE h0 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE h1 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE TABLE line (item integer, item_name text, FOREIGN KEY (item, item_name) REFERENCES item (id, name)
              ON UPDATE CASCADE)
            """,
            more: "INSERT INTO line VALUES (1, 'name 1'), (2, 'name 2');"
        ),
        partitioned(
            "row triggers",
            """
            CREATE TABLE item (id integer, name text, changed integer DEFAULT 0) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
            CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (1000);
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN NEW.changed := coalesce(NEW.changed, 0) + 1; RETURN NEW; END';
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER named BEFORE UPDATE OF name ON item FOR EACH ROW
              WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION touch();
            CREATE TRIGGER still BEFORE UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION touch();
            ALTER TABLE high DISABLE TRIGGER still;
            CREATE TRIGGER after AFTER INSERT OR UPDATE OF name, id ON item FOR EACH ROW EXECUTE FUNCTION see();
            ALTER TABLE item ENABLE ALWAYS TRIGGER after; ALTER TABLE low ENABLE REPLICA TRIGGER after;
            CREATE TRIGGER "aa own" BEFORE INSERT ON low FOR EACH ROW EXECUTE FUNCTION touch()
            """
        ),
        Shape(
            name: "partitions: rows that move",
            setup: """
                CREATE TABLE item (id integer, place integer, name text, PRIMARY KEY (id, place)) PARTITION BY LIST (place);
                CREATE TABLE here PARTITION OF item FOR VALUES IN (1); CREATE TABLE there (name text, place integer NOT NULL, id integer NOT NULL);
                ALTER TABLE item ATTACH PARTITION there FOR VALUES IN (2); CREATE TABLE rest PARTITION OF item DEFAULT;
                INSERT INTO item SELECT n, 1 + n % 3, 'name ' || n FROM generate_series(1, 20) AS n
                """,
            writes: { column in
                [
                    "UPDATE item SET place = 2 WHERE id = 3", "UPDATE item SET place = 3 WHERE id <= 4",
                    "UPDATE item SET place = 1, \(column) = 'moved' WHERE id = 7",
                    "INSERT INTO item (id, place, \(column)) VALUES (101, 2, 'new')",
                    "UPDATE item SET \(column) = \(column) || '!', place = 5 WHERE place = 2",
                    "UPDATE there SET \(column) = 'direct'",
                    "INSERT INTO here (id, place, \(column)) VALUES (102, 1, 'direct')",
                ]
            },
            needs: [.version(15_00_00)]
        ),
        Shape(
            name: "partitions: quoted names, in another schema",
            table: QualifiedName(schema: "The App", name: "All \"Items\" !"),
            from: "old Name",
            to: "select",
            setup: """
                CREATE SCHEMA "The App"; CREATE SCHEMA "Cold Store";
                CREATE TABLE "The App"."All ""Items"" !" (id integer, "old Name" text, "a.key" integer DEFAULT 1) PARTITION BY LIST ("a.key");
                CREATE TABLE "Cold Store"."Part; one" PARTITION OF "The App"."All ""Items"" !" FOR VALUES IN (1) PARTITION BY RANGE (id);
                CREATE TABLE "Cold Store"."1" PARTITION OF "Cold Store"."Part; one" FOR VALUES FROM (0) TO (9);
                CREATE TABLE "The App"."%s" PARTITION OF "Cold Store"."Part; one" DEFAULT;
                CREATE INDEX "an 'index'" ON "The App"."All ""Items"" !" ("old Name", ("old Name" || ' ONLY ON'));
                CREATE INDEX "own" ON "Cold Store"."1" (("old Name" = 'x'));
                INSERT INTO "The App"."All ""Items"" !" SELECT n, 'name ' || n FROM generate_series(1, 20) AS n
                """,
            writes: { column in
                [
                    "UPDATE \"The App\".\"All \"\"Items\"\" !\" SET \(column) = 'by update' WHERE id = 3",
                    "INSERT INTO \"The App\".\"All \"\"Items\"\" !\" (id, \(column)) VALUES (101, 'by insert')",
                    "UPDATE \"Cold Store\".\"1\" SET \(column) = \(column) || '!'",
                    "INSERT INTO \"The App\".\"%s\" (id, \(column)) VALUES (102, 'direct')",
                ]
            },
            needs: [.version(15_00_00)]
        ),
        partitioned(
            "grants and row security on partitions",
            """
            CREATE TABLE item (id integer, name text) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8); CREATE TABLE rest PARTITION OF item DEFAULT;
            GRANT SELECT (name) ON item TO PUBLIC; GRANT UPDATE (name), SELECT (name, id) ON low TO PUBLIC;
            ALTER TABLE low ENABLE ROW LEVEL SECURITY; CREATE POLICY filtered ON low USING (name <> 'x');
            CREATE MATERIALIZED VIEW copies AS SELECT name FROM item
            """
        ),
    ]

    private static func partitioned(_ name: String, _ setup: SQL, more: SQL = "") -> Shape {
        Shape(name: "partitions: \(name)", setup: "\(setup); \(textRows) \(more)", needs: [.version(15_00_00)])
    }
}
