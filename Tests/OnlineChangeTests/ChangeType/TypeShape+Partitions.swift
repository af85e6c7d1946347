import Postgres

extension TypeShape {
    /// Partitioned tables: every kind of key, levels, and partitions that differ from their parent.
    static let partitions: [TypeShape] = [
        TypeShape(
            name: "partitions: serial in a primary key, by range with a default",
            column: "id",
            setup: """
                CREATE TABLE item (id serial, at int, value text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
                CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (100); CREATE TABLE rest PARTITION OF item DEFAULT;
                CREATE INDEX by_id ON item (id DESC, value); CREATE UNIQUE INDEX once ON item (at, id) WHERE id > 3;
                CREATE INDEX mentioned ON item (value) WHERE id > 0; COMMENT ON INDEX by_id IS 'by id';
                COMMENT ON COLUMN item.id IS 'the number'; COMMENT ON CONSTRAINT item_pkey ON item IS 'key';
                ALTER TABLE low ALTER id SET STATISTICS 9;
                INSERT INTO item (at, value) SELECT g, 'v' || g FROM generate_series(1, 40) g
                """,
            // The plain ALTER gives the parts the comment of the whole.
            after: """
                ALTER SEQUENCE item_id_seq AS bigint; COMMENT ON INDEX low_id_value_idx IS NULL; COMMENT ON INDEX high_id_value_idx IS NULL;
                COMMENT ON INDEX rest_id_value_idx IS NULL
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: list, then range and hash, with unique constraints, checks and a default",
            setup: """
                CREATE TABLE item (id int, value int NOT NULL DEFAULT 5, kind text DEFAULT 'a', CONSTRAINT once UNIQUE (value, kind, id) INCLUDE (kind),
                  CONSTRAINT positive CHECK (value > 0), CONSTRAINT two CHECK (value < id + 1000)) PARTITION BY LIST (kind);
                CREATE TABLE a PARTITION OF item FOR VALUES IN ('a') PARTITION BY RANGE (id);
                CREATE TABLE a_low PARTITION OF a FOR VALUES FROM (0) TO (8);
                CREATE TABLE a_high PARTITION OF a FOR VALUES FROM (8) TO (1000) PARTITION BY HASH (id);
                CREATE TABLE a_high_0 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE a_high_1 PARTITION OF a_high FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                CREATE TABLE others PARTITION OF item DEFAULT; CREATE INDEX ON a_low (id); CREATE INDEX computed ON item ((value + 1), abs(value));
                ALTER INDEX computed ALTER COLUMN 1 SET STATISTICS 77;
                ALTER TABLE item ADD CONSTRAINT unproven CHECK (value % 2 < 2) NOT VALID; COMMENT ON CONSTRAINT positive ON item IS '> 0';
                INSERT INTO item SELECT g, g, CASE WHEN g % 3 = 0 THEN 'b' ELSE 'a' END FROM generate_series(1, 40) g
                """,
            // The plain ALTER forgets it.
            after: "ALTER INDEX computed ALTER COLUMN 1 SET STATISTICS 77",
            version: 15
        ),
        TypeShape(
            name: "partitions: names, comments and marks of their own, columns in another order, no default",
            setup: """
                CREATE TABLE item (gone text, id int NOT NULL, value int NOT NULL DEFAULT 7, code text, CONSTRAINT pk PRIMARY KEY (id, value),
                  CONSTRAINT filled CHECK (value > 0)) PARTITION BY RANGE (id);
                ALTER TABLE item DROP COLUMN gone; CREATE INDEX by_value ON item (value);
                CREATE TABLE low (code text, value int CONSTRAINT item_value_not_null NOT NULL CONSTRAINT filled CHECK (value > 0), waste int, id int NOT NULL, CONSTRAINT low_key PRIMARY KEY (id, value));
                ALTER TABLE low DROP COLUMN waste; CREATE INDEX low_by_value ON low (value);
                ALTER TABLE item ATTACH PARTITION low FOR VALUES FROM (0) TO (8); CREATE TABLE high PARTITION OF item DEFAULT;
                COMMENT ON CONSTRAINT low_key ON low IS 'key of low'; COMMENT ON INDEX low_by_value IS 'index of low'; COMMENT ON INDEX low_key IS 'its index';
                COMMENT ON CONSTRAINT filled ON low IS 'low is filled'; COMMENT ON COLUMN low.value IS 'worth'; GRANT SELECT (value), UPDATE (value) ON low TO PUBLIC;
                ALTER TABLE low CLUSTER ON low_by_value, REPLICA IDENTITY USING INDEX low_key; ALTER TABLE high CLUSTER ON high_pkey;
                ALTER TABLE low ALTER value SET STATISTICS 7, ALTER value SET (n_distinct = 3); ALTER TABLE item ALTER value SET STATISTICS 11;
                ALTER TABLE high ALTER value SET (n_distinct_inherited = 4);
                INSERT INTO item (id, value, code) SELECT g, g, 'c' || g FROM generate_series(1, 20) g
                """,
            before: "ALTER TABLE low REPLICA IDENTITY DEFAULT; COMMENT ON CONSTRAINT filled ON low IS NULL",
            // The plain ALTER gives the partition's indexes names of its own choice, and forgets the rest.
            after: """
                ALTER TABLE low RENAME CONSTRAINT low_pkey TO low_key; ALTER INDEX low_value_idx RENAME TO low_by_value;
                COMMENT ON CONSTRAINT low_key ON low IS 'key of low'; COMMENT ON INDEX low_by_value IS 'index of low'; COMMENT ON INDEX low_key IS 'its index';
                COMMENT ON CONSTRAINT filled ON low IS 'low is filled'; ALTER TABLE low CLUSTER ON low_by_value, REPLICA IDENTITY USING INDEX low_key;
                ALTER TABLE high CLUSTER ON high_pkey
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: names and comments of NOT NULL",
            setup: """
                CREATE TABLE item (id int NOT NULL, value int CONSTRAINT must NOT NULL) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
                CREATE TABLE high PARTITION OF item FOR VALUES FROM (8) TO (100) PARTITION BY LIST (id);
                CREATE TABLE leaf PARTITION OF high DEFAULT; ALTER TABLE leaf ALTER value SET NOT NULL;
                COMMENT ON CONSTRAINT must ON item IS 'of the table'; COMMENT ON CONSTRAINT must ON leaf IS 'of the leaf';
                INSERT INTO item SELECT g, g FROM generate_series(1, 40) g
                """,
            version: 18
        ),
        TypeShape(
            name: "partitions: none yet, and one that is empty of any",
            setup: """
                CREATE TABLE item (id int PRIMARY KEY, value int, UNIQUE (id, value)) PARTITION BY RANGE (id); CREATE INDEX by_value ON item (value);
                CREATE TABLE low PARTITION OF item DEFAULT PARTITION BY LIST (id)
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: identity of the table",
            column: "id",
            setup: """
                CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY (START 100 CACHE 3), at int, PRIMARY KEY (id, at)) PARTITION BY HASH (at);
                CREATE TABLE h0 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE h1 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                INSERT INTO item (at) SELECT generate_series(1, 20)
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: triggers, views, policies, publications and statistics of the table",
            setup: """
                CREATE TABLE item (id int, value int, other int) PARTITION BY RANGE (id); CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
                CREATE TABLE high PARTITION OF item DEFAULT; INSERT INTO item SELECT g, g, g FROM generate_series(1, 20) g;
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.other := 1; RETURN NEW; END';
                \(dependents);
                ALTER TABLE low DISABLE TRIGGER named; CREATE TRIGGER its_own BEFORE UPDATE OF other ON high FOR EACH ROW EXECUTE FUNCTION touch()
                """,
            before: """
                DROP VIEW seen; DROP POLICY few ON item; DROP TRIGGER named ON item; DROP PUBLICATION listed; DROP STATISTICS many
                """,
            after: "\(dependents); ALTER TABLE low DISABLE TRIGGER named",
            version: 15
        ),
        TypeShape(
            name: "partitions: names in need of quotes, a name of its own",
            table: "Odd \"t\" x",
            column: "se lect",
            newName: "from",
            setup: """
                CREATE SCHEMA "Cold Store"; CREATE TABLE "Odd ""t"" x" (id int, "se lect" int NOT NULL DEFAULT 1 CHECK ("se lect" > 0), UNIQUE (id, "se lect")) PARTITION BY LIST (id);
                CREATE TABLE "Cold Store"."P; 'one' %s" PARTITION OF "Odd ""t"" x" FOR VALUES IN (1, 2, 3); CREATE TABLE "1" PARTITION OF "Odd ""t"" x" DEFAULT;
                CREATE INDEX "An index" ON "Odd ""t"" x" ("se lect") WHERE "se lect" > 3; CREATE UNIQUE INDEX "Unique 'one'" ON "Odd ""t"" x" ("se lect", id);
                INSERT INTO "Odd ""t"" x" SELECT g, g FROM generate_series(1, 40) g
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: text, storage and compression of their own",
            type: "character varying(90)",
            setup: """
                CREATE TABLE item (id int, value text DEFAULT 'x' || random()::text) PARTITION BY RANGE (id); ALTER TABLE item ALTER value SET STORAGE EXTERNAL;
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8); CREATE TABLE high PARTITION OF item DEFAULT;
                ALTER TABLE high ALTER value SET STORAGE EXTENDED; ALTER TABLE low ALTER value SET COMPRESSION pglz;
                CREATE INDEX lowered ON item (lower(value)); INSERT INTO item SELECT g, repeat('y', g) FROM generate_series(1, 40) g
                """,
            // The plain ALTER sets them back.
            after: """
                ALTER TABLE item ALTER value SET STORAGE EXTERNAL; ALTER TABLE high ALTER value SET STORAGE EXTENDED;
                ALTER TABLE low ALTER value SET COMPRESSION pglz
                """,
            version: 15
        ),
        TypeShape(
            name: "partitions: changed in place, with storage of their own",
            type: "text",
            setup: """
                CREATE TABLE item (id int PRIMARY KEY, value character varying(20) DEFAULT 'x' NOT NULL) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8);
                CREATE TABLE high PARTITION OF item DEFAULT PARTITION BY HASH (id); CREATE TABLE h PARTITION OF high FOR VALUES WITH (MODULUS 1, REMAINDER 0);
                ALTER TABLE item ALTER value SET STORAGE MAIN; ALTER TABLE ONLY high ALTER value SET STORAGE EXTERNAL;
                ALTER TABLE low ALTER value SET COMPRESSION pglz; INSERT INTO item SELECT g, 'v' || g FROM generate_series(1, 40) g
                """,
            // The plain ALTER sets them back.
            after: """
                ALTER TABLE item ALTER value SET STORAGE MAIN; ALTER TABLE ONLY high ALTER value SET STORAGE EXTERNAL;
                ALTER TABLE low ALTER value SET COMPRESSION pglz
                """,
            isDirect: true,
            version: 15
        ),
        TypeShape(
            name: "partitions: what the server would change in place, but for indexes of the partitions",
            type: "character varying(40)",
            setup: """
                CREATE TABLE item (id int, value character varying(20) COLLATE "C" NOT NULL, PRIMARY KEY (id, value)) PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (8); CREATE TABLE high PARTITION OF item DEFAULT;
                CREATE INDEX by_value ON item (value); INSERT INTO item SELECT g, 'v' || g FROM generate_series(1, 40) g
                """,
            version: 15
        ),
    ]

    private static let dependents: SQL = """
        CREATE VIEW seen AS SELECT value FROM item WHERE value > 2; CREATE POLICY few ON item FOR SELECT USING (value > 0);
        CREATE TRIGGER named BEFORE UPDATE OF value ON item FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE PUBLICATION listed FOR TABLE item (id, value, other) WITH (publish = 'insert', publish_via_partition_root = true); CREATE STATISTICS many ON value, other FROM item
        """
}
