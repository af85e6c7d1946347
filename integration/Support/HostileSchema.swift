import Postgres

/// A schema that has functions and operators of the server once more, by the same name and for the same types: each raises
/// an error, so that whoever lets a search_path choose for it is found out. In whole size it has all of them.
enum HostileSchema {
    static let name: Identifier = "evil"

    /// The search_path of a session in which the hostile schema and temporary objects come before the server's own.
    static let path: SQL = "evil, pg_temp, public, pg_catalog"

    /// What the errors say.
    static let mark = "hijacked"

    /// Functions that statements and triggers of ours call, and types that they handle.
    private static let names = [
        "abs", "array_to_string", "clock_timestamp", "current_setting", "date_part", "int4", "int8", "left", "lower",
        "now",
        "nextval", "numeric", "pg_backend_pid", "pg_get_userbyid", "pg_has_role", "quote_ident", "set_config", "setval",
        "text", "to_char", "to_regclass", "to_regnamespace", "to_timestamp", "upper", "version", "age", "unnest",
        "hashtid",
    ]
    private static let types = ["int4", "int8", "text", "name", "oid", "bool", "char", "numeric", "float8", "regclass"]

    private static func chosen(_ column: SQL, _ names: [String]) -> SQL {
        Torture.isWhole ? "true" : "\(column) = ANY (\(literal: names.bound)::text[])"
    }

    /// Creates it; everybody may use it.
    static func create(on connection: Connection) async throws {
        let functions: SQL = """
            DO $do$
            DECLARE f record;
            BEGIN
              CREATE SCHEMA evil;
              GRANT USAGE ON SCHEMA evil TO PUBLIC;
              FOR f IN SELECT p.proname, p.oid::regprocedure AS whole, pg_get_function_identity_arguments(p.oid) AS arguments,
                              pg_get_function_result(p.oid) AS result
                       FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND provariadic = 0
                         AND \(chosen("p.proname", names))
                         AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[] || p.prorettype) AS u(type)
                                         JOIN pg_type t ON t.oid = u.type
                                         WHERE t.typtype = 'p' AND t.typname NOT IN ('anyelement', 'anyarray', 'void', 'record'))
              LOOP
                BEGIN
                  EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L',
                                 f.proname, f.arguments, f.result, format('BEGIN RAISE ''hijacked by %%'', %L; END', f.whole));
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
              END LOOP;
            END $do$
            """
        let operators: SQL = """
            DO $do$
            DECLARE o record;
            BEGIN
              FOR o IN SELECT p.oprname, p.oprleft::regtype AS l, p.oprright::regtype AS r, p.oprresult::regtype AS result, p.oid
                       FROM pg_operator p JOIN pg_type lt ON lt.oid = p.oprleft JOIN pg_type rt ON rt.oid = p.oprright
                       WHERE p.oprnamespace = 'pg_catalog'::regnamespace AND lt.typtype <> 'p' AND rt.typtype <> 'p'
                         AND p.oprkind = 'b' AND \(chosen("p.oprname", ["=", "<>", "<", ">", "||", "+", "*"]))
                         AND \(chosen("lt.typname", types))
              LOOP
                BEGIN
                  EXECUTE format('CREATE FUNCTION evil.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L',
                                 'operator_' || o.oid, o.l, o.r, o.result,
                                 format('BEGIN RAISE ''hijacked by %%'', %L; END', o.oid::regoperator));
                  EXECUTE format('CREATE OPERATOR evil.%s (FUNCTION = evil.%I, LEFTARG = %s, RIGHTARG = %s)',
                                 o.oprname, 'operator_' || o.oid, o.l, o.r);
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
              END LOOP;
            END $do$
            """
        let domains: SQL = """
            CREATE DOMAIN evil.int8 AS text CHECK (false); CREATE DOMAIN evil.int4 AS text CHECK (false);
            CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false); CREATE DOMAIN evil.regclass AS pg_catalog.text CHECK (false);
            CREATE DOMAIN evil.bool AS pg_catalog.text CHECK (false); CREATE DOMAIN evil.oid AS pg_catalog.text CHECK (false)
            """
        try await connection.script([functions])
        try await connection.script([operators])
        try await connection.script([domains])
    }

    /// What a session of an application does to be in the way: temporary tables by the names of ours and of catalogs, and a
    /// search_path that finds them first.
    static let session: [SQL] = [
        "CREATE TEMPORARY TABLE pg_class (oid int)", "CREATE TEMPORARY TABLE pg_trigger (oid int)",
        "CREATE TEMPORARY TABLE change (id int)", "CREATE TEMPORARY TABLE item (id int)",
        "CREATE DOMAIN pg_temp.int8 AS pg_catalog.text CHECK (false)",
        "CREATE DOMAIN pg_temp.regclass AS pg_catalog.text CHECK (false)",
        "SET search_path = \(path)",
    ]
}
