import Postgres

extension PropertyChange {
    private static let person: SQL = "TABLE app.person"

    static let code: [PropertyChange] = [
        .altering(person, "triggers", "DISABLE TRIGGER touched", "ENABLE TRIGGER touched"),
        .altering(person, "triggers", "ENABLE ALWAYS TRIGGER touched", "ENABLE TRIGGER touched"),
        PropertyChange("triggers", touched("UPDATE OF name, age"), undo: touched("UPDATE OF name")),
        .altering("TABLE app.visit", "rules", "DISABLE RULE quiet", "ENABLE RULE quiet"),
        PropertyChange(
            "rules",
            "CREATE OR REPLACE RULE quiet AS ON DELETE TO app.visit DO INSTEAD NOTHING",
            undo: "CREATE OR REPLACE RULE quiet AS ON DELETE TO app.visit DO ALSO NOTHING"
        ),
        .altering("POLICY own ON app.person", "policies", "TO pg_monitor", "TO PUBLIC"),
        .altering("POLICY own ON app.person", "policies", "USING (true)", "USING (name = current_user)"),
        .altering("EVENT TRIGGER audited", "event triggers", "DISABLE", "ENABLE"),
        .altering("FUNCTION app.twice(integer)", "functions", "STRICT", "CALLED ON NULL INPUT"),
        .altering("FUNCTION app.twice(integer)", "functions", "SECURITY DEFINER", "SECURITY INVOKER"),
        .altering("FUNCTION app.twice(integer)", "functions", "SET work_mem = '1MB'", "RESET work_mem"),
        .altering("FUNCTION app.twice(integer)", "functions", "OWNER TO pg_monitor", "OWNER TO CURRENT_USER"),
        PropertyChange(
            "functions",
            "REVOKE EXECUTE ON FUNCTION app.touch() FROM PUBLIC",
            undo: "GRANT EXECUTE ON FUNCTION app.touch() TO PUBLIC"
        ),
        PropertyChange("functions", twice("3 * $1"), undo: twice("2 * $1")),
        PropertyChange("aggregates", total("INITCOND = 5"), undo: total("STYPE = integer")),
    ]

    private static func touched(_ event: SQL) -> SQL {
        """
        CREATE OR REPLACE TRIGGER touched BEFORE \(event) ON app.person FOR EACH ROW EXECUTE FUNCTION app.touch()
        """
    }

    private static func twice(_ body: SQL) -> SQL {
        "CREATE OR REPLACE FUNCTION app.twice(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT \(body)'"
    }

    private static func total(_ option: SQL) -> SQL {
        """
        CREATE OR REPLACE AGGREGATE app.total (integer)
            (SFUNC = pg_catalog.int4pl, STYPE = integer, \(option == "STYPE = integer" ? "PARALLEL = UNSAFE" : option))
        """
    }
}
