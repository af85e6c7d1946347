public import Postgres

/// What a change must take away when it ends, which the portrait leaves out with the ledger.
public enum Leftovers {
    /// Functions, triggers, indexes, constraints and sequences of ours that are neither the ledger's tables nor belong to
    /// them.
    public static func read(_ connection: Connection) async throws(PostgresError) -> [String] {
        try await connection.run(
            """
            SELECT pg_describe_object('pg_proc'::regclass, oid, 0) AS object FROM pg_proc
            WHERE pronamespace = to_regnamespace('online_change')
            UNION ALL
            SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) FROM pg_class AS c
            WHERE relnamespace = to_regnamespace('online_change') AND relkind NOT IN ('r', 'i', 't')
              AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'i')
            UNION ALL
            SELECT pg_describe_object('pg_trigger'::regclass, oid, 0) FROM pg_trigger
            WHERE tgname LIKE '%online\\_change %'
            UNION ALL
            SELECT pg_describe_object('pg_constraint'::regclass, oid, 0) FROM pg_constraint
            WHERE conname ~ '_next_[0-9a-f]{8}$'
            UNION ALL
            SELECT pg_describe_object('pg_class'::regclass, oid, 0) FROM pg_class WHERE relname ~ '_next_[0-9a-f]{8}$'
            ORDER BY 1
            """
        ).rows.map { row throws(PostgresError) in try row["object"] as String }
    }
}
