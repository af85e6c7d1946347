import Foundation
import Postgres

/// What an expression that the server keeps means, beyond the text that it prints of it.
///
/// `a IS DISTINCT FROM b`, `NULLIF(a, b)`, `CASE a WHEN b` and `JOIN … USING` stand for an operator `=` that the server
/// looks up by the search_path and prints neither with its schema nor at all. Run again under another search_path, the
/// text may fail, or mean another operator without a word.
public struct Meaning: Codable, Hashable, Sendable {
    /// Operators and functions of the expression by their oids, in order.
    public var calls = ""
    /// Those of them outside of pg_catalog.
    public var foreign: [String] = []
    /// The schemas outside of pg_catalog in which operators `=` of it lie.
    public var schemas: [Identifier] = []

    /// The meaning of a stored expression (`pg_node_tree`), or of several one after another, as JSON.
    static func json(of tree: SQL) -> SQL {
        """
        (SELECT json_build_object(
            'calls', coalesce(string_agg(kind || id, ' ' ORDER BY place), ''),
            'foreign', coalesce(json_agg(DISTINCT kind || id) FILTER (WHERE NOT coalesce(n.nspname, 'pg_catalog') = 'pg_catalog'),
                                '[]'::json),
            'schemas', coalesce(json_agg(DISTINCT n.nspname) FILTER (WHERE o.oprname = '=' AND n.nspname <> 'pg_catalog'),
                                '[]'::json))
          FROM (SELECT CASE WHEN found[1] IN ('opno', 'opnos') THEN 'o' ELSE 'f' END AS kind, id, (place, part) AS place
                FROM regexp_matches((\(tree))::text, ':(opnos?|funcid|aggfnoid|winfnoid) ([0-9]+|\\(o [0-9 ]+\\))', 'g')
                  WITH ORDINALITY AS m(found, place),
                regexp_split_to_table(btrim(found[2], '(o )'), ' +') WITH ORDINALITY AS p(id, part)) AS calls
          LEFT JOIN pg_operator o ON kind = 'o' AND o.oid = id::oid
          LEFT JOIN pg_proc f ON kind = 'f' AND f.oid = id::oid
          LEFT JOIN pg_namespace n ON n.oid = coalesce(o.oprnamespace, f.pronamespace))
        """
    }

    /// The meaning of an expression that the server has just been given.
    static func read(_ tree: SQL, on session: Session) async throws -> Meaning {
        let document: String = try await session.value(Query("SELECT \(json(of: tree))::text"))
        return try JSONDecoder().decode(Meaning.self, from: Data(document.utf8))
    }

    /// Whether nothing but what `other` calls already was found outside of pg_catalog.
    func adds(nothingTo other: Meaning) -> Bool { Set(foreign).isSubset(of: other.foreign) }

    /// The expressions of an index.
    static func tree(ofIndex name: SQL) -> SQL {
        """
        SELECT concat(i.indexprs::text, i.indpred::text) FROM pg_index i
        WHERE i.indexrelid = to_regclass(\(literal: name.text))
        """
    }

    /// The WHEN of a trigger.
    static func tree(ofTrigger name: Identifier, on table: SQL) -> SQL {
        """
        SELECT t.tgqual::text FROM pg_trigger t
        WHERE t.tgrelid = to_regclass(\(literal: table.text)) AND t.tgname = \(literal: name.name)
        """
    }

    /// The expression of a check.
    static func tree(ofCheck name: Identifier, on table: SQL) -> SQL {
        """
        SELECT con.conbin::text FROM pg_constraint con
        WHERE con.conrelid = to_regclass(\(literal: table.text)) AND con.conname = \(literal: name.name)
        """
    }

    /// The expressions of a policy.
    static func tree(ofPolicy name: Identifier, on table: SQL) -> SQL {
        """
        SELECT concat(p.polqual::text, p.polwithcheck::text) FROM pg_policy p
        WHERE p.polrelid = to_regclass(\(literal: table.text)) AND p.polname = \(literal: name.name)
        """
    }

    /// The query of a view.
    static func tree(ofView name: SQL) -> SQL {
        """
        SELECT r.ev_action::text FROM pg_rewrite r
        WHERE r.ev_class = to_regclass(\(literal: name.text)) AND r.rulename = '_RETURN'
        """
    }

    /// The default of a column.
    static func tree(ofDefault column: Identifier, of table: SQL) -> SQL {
        """
        SELECT e.adbin::text FROM pg_attrdef e JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
        WHERE e.adrelid = to_regclass(\(literal: table.text)) AND a.attname = \(literal: column.name)
        """
    }
}
