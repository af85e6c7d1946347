import Postgres

extension Shape {
    /// Foreign keys out, in and to itself.
    static let foreignKeys: [Shape] = [
        Shape(
            name: "foreign keys out: cascading, deferrable, not valid",
            setup: """
                CREATE TABLE owner (id integer PRIMARY KEY, code text UNIQUE);
                INSERT INTO owner SELECT n, 'name ' || n FROM generate_series(1, 40) AS n;
                CREATE TABLE item (id integer PRIMARY KEY, name text,
                    CONSTRAINT whose FOREIGN KEY (name) REFERENCES owner (code) ON UPDATE CASCADE ON DELETE CASCADE,
                    CONSTRAINT later FOREIGN KEY (name) REFERENCES owner (code) DEFERRABLE INITIALLY DEFERRED);
                ALTER TABLE item ADD CONSTRAINT unchecked FOREIGN KEY (name) REFERENCES owner (code) NOT VALID;
                \(textRows)
                """,
            writes: { column in
                [
                    "UPDATE item SET \(column) = 'name 30' WHERE id = 3",
                    "INSERT INTO item (id, \(column)) VALUES (101, 'name 31')",
                    "ALTER TABLE item DROP CONSTRAINT later, DROP CONSTRAINT unchecked",
                    "UPDATE owner SET code = 'new code' WHERE id = 5",
                    "DELETE FROM owner WHERE id IN (6, 7)",
                ]
            }
        ),
        Shape(
            name: "foreign keys in",
            setup: """
                CREATE TABLE item (id integer, name text PRIMARY KEY, UNIQUE (id, name)); \(textRows)
                CREATE TABLE part (id integer, name text, one text REFERENCES item ON UPDATE CASCADE ON DELETE SET NULL,
                    CONSTRAINT pair FOREIGN KEY (id, name) REFERENCES item (id, name) MATCH FULL
                        ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE);
                INSERT INTO part SELECT id, name, name FROM item;
                """
        ),
        Shape(
            name: "composite MATCH FULL key out",
            setup: """
                CREATE TABLE pair (a integer, b text, PRIMARY KEY (a, b));
                INSERT INTO pair SELECT n, 'name ' || n FROM generate_series(1, 40) AS n;
                CREATE TABLE item (id integer PRIMARY KEY, number integer, name text,
                    FOREIGN KEY (number, name) REFERENCES pair MATCH FULL ON UPDATE CASCADE ON DELETE SET DEFAULT);
                INSERT INTO item SELECT n, n, 'name ' || n FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "UPDATE item SET \(column) = 'name 30', number = 30 WHERE id = 3",
                    "INSERT INTO item VALUES (101)",
                    "UPDATE pair SET b = 'changed' WHERE a = 4",
                    "DELETE FROM pair WHERE a = 5",
                ]
            }
        ),
        Shape(
            name: "reference to itself",
            setup: """
                CREATE TABLE item (id integer UNIQUE, name text PRIMARY KEY, above text REFERENCES item ON UPDATE CASCADE);
                \(textRows) UPDATE item SET above = 'name 1';
                """,
            writes: { column in
                [
                    "UPDATE item SET \(column) = 'top' WHERE id = 1",
                    "UPDATE item SET \(column) = 'all' WHERE id = 1",
                    "INSERT INTO item (id, \(column), above) VALUES (101, 'lower', 'all')",
                    "INSERT INTO item (id, \(column), above) VALUES (102, 'lowest', 'lower')",
                ]
            }
        ),
        Shape(
            name: "the column refers to its own table",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name integer REFERENCES item ON DELETE SET NULL);
                INSERT INTO item SELECT n, 1 FROM generate_series(1, 20) AS n; UPDATE item SET name = 2 WHERE id < 5;
                """,
            writes: { column in
                [
                    "INSERT INTO item (id, \(column)) VALUES (101, 7)",
                    "INSERT INTO item (id, \(column)) VALUES (102, 101)",
                    "DELETE FROM item WHERE id IN (1, 7)",
                ]
            }
        ),
    ]

    /// CHECK, NOT NULL and exclusion constraints.
    static let constraints: [Shape] = [
        textTable(
            "checks, valid or not, inherited or not",
            """
            ALTER TABLE item ADD CHECK (name <> ''), ADD CONSTRAINT "Long" CHECK (length(name) > 1 OR id = 0) NO INHERIT,
                ADD CONSTRAINT soon CHECK (name NOT LIKE 'name 1%') NOT VALID;
            ALTER TABLE item DROP CONSTRAINT soon, ADD CONSTRAINT soon CHECK (name NOT LIKE 'other%') NOT VALID;
            COMMENT ON CONSTRAINT "Long" ON item IS 'not one letter';
            """
        ),
        textTable("NOT NULL", "ALTER TABLE item ALTER name SET NOT NULL"),
        textTable(
            "NOT NULL, not valid",
            "ALTER TABLE item ADD CONSTRAINT known NOT NULL name NOT VALID",
            needs: [.version(18_00_00)]
        ),
        textTable(
            "exclusion constraint on an expression",
            """
            ALTER TABLE item ADD CONSTRAINT apart EXCLUDE USING btree (lower(name) WITH =) WHERE (id > 1)
                DEFERRABLE INITIALLY DEFERRED
            """
        ),
        Shape(
            name: "exclusion constraint on a range",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name int4range, EXCLUDE USING gist (name WITH &&));
                INSERT INTO item SELECT n, int4range(n * 10, n * 10 + 5) FROM generate_series(1, 20) AS n;
                """,
            writes: { column in
                [
                    "UPDATE item SET \(column) = '[12,19)' WHERE id = 1",
                    "UPDATE item SET \(column) = 'empty' WHERE id = 2",
                    "INSERT INTO item (id, \(column)) VALUES (101, '[1000,)')",
                ]
            }
        ),
    ]

    /// Generated columns that read the column.
    static let generated: [Shape] = [
        Shape(
            name: "stored generated column",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text,
                    low text GENERATED ALWAYS AS (lower(name)) STORED); \(textRows)
                CREATE INDEX item_low ON item (low);
                """
        ),
        Shape(
            name: "virtual generated column",
            setup: """
                CREATE TABLE item (id integer PRIMARY KEY, name text,
                    low text GENERATED ALWAYS AS (lower(name)) VIRTUAL); \(textRows)
                """,
            needs: [.version(18_00_00)]
        ),
    ]
}
