import Postgres

extension Shape {
    /// Triggers and indexes that compare by operators of another schema, which the server doesn't print.
    static let hiddenOperators: [Shape] = [
        Shape(
            name: "operators that aren't printed, in another schema",
            setup: "\(elsewhere) \(hidingTriggers)",
            writes: valueWrites,
            needs: [.extension("citext"), .extension("hstore")]
        ),
        Shape(
            name: "the same in indexes",
            setup: "\(elsewhere) \(hidingIndexes)",
            writes: valueWrites,
            needs: [.extension("citext"), .extension("hstore")]
        ),
        Shape(
            name: "the same in a partitioned table",
            setup: """
                \(hidingTypes)
                CREATE TABLE item (id integer PRIMARY KEY, name "my types".citext, tags "my types".hstore)
                PARTITION BY RANGE (id);
                CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (10);
                CREATE TABLE high PARTITION OF item FOR VALUES FROM (10) TO (1000);
                \(valueRows) \(hidingTriggers) \(hidingIndexes)
                SET search_path = public, "my types";
                CREATE INDEX low_own ON low ((nullif(name, 'none')));
                RESET search_path;
                """,
            writes: valueWrites,
            needs: [.extension("citext"), .extension("hstore")]
        ),
    ]

    private static let hidingTypes: SQL = """
        CREATE SCHEMA "my types"; CREATE EXTENSION citext SCHEMA "my types"; CREATE EXTENSION hstore SCHEMA "my types";
        """

    private static let valueRows: SQL =
        "INSERT INTO item SELECT n, 'Name ' || n, 'a=>1' FROM generate_series(1, 20) AS n;"

    private static let elsewhere: SQL = """
        \(hidingTypes)
        CREATE TABLE item (id integer PRIMARY KEY, name "my types".citext, tags "my types".hstore); \(valueRows)
        """

    /// One of them was made while the types' schema was not looked in, and compares as text does.
    private static let hidingTriggers: SQL = """
        CREATE TABLE seen (what text, id integer);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO public.seen VALUES (TG_NAME, NEW.id); RETURN NEW; END';
        CREATE TRIGGER exact AFTER UPDATE OF name ON item FOR EACH ROW
          WHEN (CASE OLD.name WHEN NEW.name THEN false ELSE true END) EXECUTE FUNCTION note();
        SET search_path = public, "my types";
        CREATE TRIGGER loose AFTER UPDATE OF name ON item FOR EACH ROW
          WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION note();
        CREATE CONSTRAINT TRIGGER late AFTER UPDATE OF tags, name ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
          WHEN (nullif(OLD.name, NEW.name) IS NOT NULL) EXECUTE FUNCTION note();
        RESET search_path;
        """

    private static let hidingIndexes: SQL = """
        SET search_path = public, "my types";
        CREATE INDEX loosely ON item (id) WHERE name IS DISTINCT FROM 'NAME 1';
        CREATE INDEX computed ON item ((nullif(name, 'none')), (CASE name WHEN 'a' THEN 1 ELSE 2 END));
        RESET search_path;
        """

    private static let valueWrites: @Sendable (Identifier) -> [SQL] = { column in
        [
            "UPDATE item SET \(column) = 'NAME 1' WHERE id = 1",
            "UPDATE item SET \(column) = 'NAME 2' WHERE id = 2",
            "UPDATE item SET \(column) = 'other' WHERE id = 3",
            "UPDATE item SET \(column) = 'another' WHERE id = 4",
            "INSERT INTO item (id, \(column)) VALUES (101, 'none')",
            "INSERT INTO item (id, \(column)) VALUES (102, 'NONE')",
        ]
    }
}
