import Postgres

extension Shape {
    /// Properties of the column and the table.
    static let properties: [Shape] = [
        textTable(
            "column grants",
            """
            GRANT SELECT (name, id), INSERT (name) ON item TO pg_monitor WITH GRANT OPTION;
            GRANT UPDATE (name), REFERENCES (name) ON item TO pg_signal_backend; GRANT SELECT (name) ON item TO PUBLIC;
            SET ROLE pg_monitor; GRANT SELECT (name) ON item TO pg_read_all_stats; RESET ROLE;
            """
        ),
        textTable(
            "comments",
            #"""
            COMMENT ON COLUMN item.name IS 'how it''s \called'; COMMENT ON TABLE item IS 'an item';
            COMMENT ON COLUMN item.id IS '$1';
            """#
        ),
        textTable(
            "statistics",
            """
            CREATE STATISTICS item_name_id (ndistinct, mcv) ON name, id FROM item;
            CREATE STATISTICS item_low ON lower(name), (id % 2) FROM item; ALTER STATISTICS item_low SET STATISTICS 50;
            ALTER TABLE item ALTER name SET STATISTICS 250, ALTER name SET (n_distinct = -0.5, n_distinct_inherited = 7);
            ANALYZE item;
            """
        ),
        textTable(
            "storage EXTERNAL and pglz",
            "ALTER TABLE item ALTER name SET STORAGE EXTERNAL, ALTER name SET COMPRESSION pglz"
        ),
        textTable(
            "storage MAIN and lz4",
            "ALTER TABLE item ALTER name SET STORAGE MAIN, ALTER name SET COMPRESSION lz4",
            needs: [.lz4]
        ),
        textTable(
            "storage PLAIN and statistics switched off",
            "ALTER TABLE item ALTER name SET STORAGE PLAIN, ALTER name SET STATISTICS 0"
        ),
    ]

    /// Publications that send the table.
    static let publications: [Shape] = [
        textTable(
            "publication with a column list",
            "CREATE PUBLICATION news FOR TABLE item (id, name)",
            needs: [.version(15_00_00)]
        ),
        textTable(
            "publication with a row filter",
            """
            ALTER TABLE item ALTER name SET NOT NULL; CREATE UNIQUE INDEX item_name ON item (name);
            ALTER TABLE item REPLICA IDENTITY USING INDEX item_name;
            CREATE PUBLICATION news FOR TABLE item WHERE (name <> 'secret');
            """,
            acknowledge: ["publication news"],
            needs: [.version(15_00_00)]
        ),
        textTable(
            "publication of the table",
            "CREATE PUBLICATION news FOR TABLE item",
            acknowledge: ["publication news"]
        ),
        textTable(
            "publication of all tables",
            "CREATE PUBLICATION news FOR ALL TABLES",
            acknowledge: ["publication news"]
        ),
        textTable(
            "publication of the schema",
            "CREATE PUBLICATION news FOR TABLES IN SCHEMA public",
            acknowledge: ["publication news"],
            needs: [.version(15_00_00)]
        ),
    ]

    /// Tables that are big, small, wide or with a past.
    static let tables: [Shape] = [
        Shape(
            name: "no rows",
            setup: "CREATE TABLE item (id integer PRIMARY KEY, name text); CREATE INDEX item_name ON item (name)"
        ),
        Shape(name: "no other column", setup: "CREATE TABLE item (name text); INSERT INTO item VALUES ('a'), (NULL)") {
            column in
            ["INSERT INTO item VALUES ('by position')", "UPDATE item SET \(column) = 'b' WHERE \(column) = 'a'"]
        },
        Shape(
            name: "1,000 columns",
            setup: """
                DO $$ BEGIN EXECUTE 'CREATE TABLE item (id integer PRIMARY KEY, name text, other text, '
                    || (SELECT string_agg('c' || n || ' integer', ', ') FROM generate_series(1, 996) AS n) || ')'; END $$;
                CREATE INDEX item_name ON item (name, c996); \(textRows) UPDATE item SET c1 = id, c996 = id;
                """
        ),
        textTable(
            "dropped columns before it",
            "ALTER TABLE item ADD gone text, DROP id, DROP name; ALTER TABLE item ADD id integer, ADD name text; TRUNCATE item; \(textRows)"
        ),
        Shape(
            name: "unlogged, fillfactor, autovacuum off",
            setup: """
                CREATE UNLOGGED TABLE item (id integer PRIMARY KEY, name text)
                    WITH (fillfactor = 50, autovacuum_enabled = off, toast.autovacuum_enabled = off); \(textRows)
                """
        ),
        Shape(
            name: "large values",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text); \(textRows)
                ALTER TABLE item ALTER name SET STORAGE EXTERNAL;
                UPDATE item SET name = repeat(md5(id::text), 2000) WHERE id > 10;
                ALTER TABLE item ALTER name SET STORAGE EXTENDED; UPDATE item SET name = repeat('x', 100000) WHERE id > 15;
                """
        ),
        Shape(
            name: "several pages with NULLs and holes",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text, filler text DEFAULT repeat('x', 200));
                INSERT INTO item (id, name) SELECT n, nullif('name ' || n % 7, 'name 3') FROM generate_series(1, 2000) AS n;
                DELETE FROM item WHERE id % 5 = 0 OR id IN (101, 102);
                """
        ),
    ]
}
