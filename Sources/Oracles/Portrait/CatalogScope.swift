import Postgres

/// Which objects a portrait shows, as common table expressions that every section's query may use:
/// `visible_schema` and `visible_relation`, each with a column `oid`.
struct CatalogScope {
    let ignoredSchemas: Set<String>

    /// Settings of the transaction, without which the server would deparse one definition in several ways.
    static let settings: Query = """
        SELECT set_config(name, value, true) FROM (VALUES
            ('search_path', 'pg_catalog'), ('quote_all_identifiers', 'off'),
            ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'GMT'),
            ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('jit', 'off')
        ) AS setting (name, value)
        """

    /// The query of a section, giving one `line` for each property that has a value, in the order of bytes.
    func query(_ section: CatalogSection) -> Query {
        """
        WITH visible_schema AS (
            SELECT oid FROM pg_namespace WHERE NOT starts_with(nspname, 'pg_') AND nspname NOT IN (\(hiddenNames))
        ),
        visible_relation AS (
            SELECT c.oid FROM pg_class AS c WHERE \(SQL.isVisible("c.oid", of: "pg_class", in: "c.relnamespace"))
        )
        SELECT DISTINCT (described.object || ': ' || fact.key || ' = ' || fact.value) COLLATE "C" AS line
        FROM (\(section.query)) AS described (object, facts)
        CROSS JOIN LATERAL jsonb_each_text(described.facts) AS fact (key, value)
        WHERE described.object IS NOT NULL AND fact.value <> ''
        ORDER BY line
        """
    }

    private var hiddenNames: SQL {
        .joined(["'information_schema'"] + ignoredSchemas.sorted().map { "\(literal: $0)" as SQL })
    }
}
