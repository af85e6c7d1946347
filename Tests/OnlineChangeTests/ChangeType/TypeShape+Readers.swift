import Postgres

extension TypeShape {
    static let readers: [TypeShape] = [
        TypeShape(
            name: "views on views",
            setup: "\(table); \(viewsOnViews)",
            before: "DROP VIEW far, near, open_items",
            after: viewsOnViews
        ),
        TypeShape(
            name: "views under default privileges",
            setup: """
                \(table); CREATE VIEW near AS SELECT value FROM item;
                ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor
                """,
            before: """
                ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor; DROP VIEW near
                """,
            after: """
                CREATE VIEW near AS SELECT value FROM item;
                ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor
                """
        ),
        TypeShape(
            name: "row security policies",
            setup: "\(table); ALTER TABLE item ENABLE ROW LEVEL SECURITY; \(policies)",
            before: "DROP POLICY small ON item; DROP POLICY writable ON item",
            after: policies
        ),
        TypeShape(
            name: "triggers on the column",
            setup: "\(table); \(function); \(triggers)",
            before: "DROP TRIGGER touched ON item; DROP TRIGGER grown ON item; DROP TRIGGER checked ON item",
            after: triggers
        ),
        TypeShape(
            name: "publication of some columns and rows",
            setup: """
                \(table); ALTER TABLE item REPLICA IDENTITY FULL;
                CREATE PUBLICATION part FOR TABLE item (id, value) WHERE (value > 3) WITH (publish = 'insert')
                """,
            before: "ALTER PUBLICATION part DROP TABLE item",
            after: "ALTER PUBLICATION part ADD TABLE item (id, value) WHERE (value > 3)",
            version: 15
        ),
        TypeShape(
            name: "a name of its own for the new column",
            newName: "worth",
            setup: """
                \(table); CREATE INDEX by_value ON item (value) WHERE value > 0; ALTER TABLE item ALTER value SET NOT NULL;
                ALTER TABLE item ADD CHECK (value > 0); CREATE VIEW near AS SELECT value FROM item
                """,
            before: "DROP VIEW near",
            after: "CREATE VIEW near AS SELECT value FROM item"
        ),
    ]

    private static let table: SQL = """
        CREATE TABLE item (id int PRIMARY KEY, value int, other text);
        INSERT INTO item SELECT g, g, 'o' || g FROM generate_series(1, 40) g
        """

    private static let viewsOnViews: SQL = """
        CREATE VIEW near WITH (security_barrier) AS SELECT id, value AS worth, other FROM item WHERE value > 3;
        CREATE VIEW far AS SELECT n.worth, i.other, i.value FROM near n JOIN item i USING (id) ORDER BY 1;
        CREATE VIEW open_items AS SELECT id, value FROM item WHERE value < 30 WITH LOCAL CHECK OPTION;
        COMMENT ON VIEW near IS 'near by'; COMMENT ON COLUMN near.worth IS 'its worth';
        GRANT SELECT ON near TO pg_monitor WITH GRANT OPTION; GRANT UPDATE (worth) ON near TO pg_monitor;
        REVOKE DELETE ON far FROM CURRENT_USER;
        CREATE RULE remember AS ON DELETE TO far DO INSTEAD NOTHING
        """

    private static let policies: SQL = """
        CREATE POLICY small ON item FOR SELECT TO pg_monitor, pg_read_all_data USING (value < 100);
        CREATE POLICY writable ON item AS RESTRICTIVE USING (value > 0) WITH CHECK (value > 1);
        COMMENT ON POLICY small ON item IS 'small ones'
        """

    private static let function: SQL =
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"

    private static let triggers: SQL = """
        CREATE TRIGGER touched BEFORE UPDATE OF value, other ON item FOR EACH ROW EXECUTE FUNCTION nothing();
        CREATE TRIGGER grown AFTER UPDATE ON item FOR EACH ROW WHEN (NEW.value > OLD.value) EXECUTE FUNCTION nothing();
        CREATE CONSTRAINT TRIGGER checked AFTER INSERT OR UPDATE OF value ON item DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION nothing();
        ALTER TABLE item DISABLE TRIGGER grown; COMMENT ON TRIGGER touched ON item IS 'touched'
        """
}
