import Postgres

/// Has the server parse a statement and say which columns it uses, without running any of it.
///
/// PREPARE infers the types of its parameters; as the body of a temporary function in a transaction that is rolled back
/// the statement gets entries in pg_depend, column by column. Neither plans it, so no function of anyone's is called,
/// and each is sent as one statement, whatever the text holds.
struct StatementParse: Sendable {
    let lockGuard: LockGuard
    let session: Session

    /// What the server says.
    enum Answer: Hashable, Sendable {
        /// The columns that it uses, of the tables that were asked for.
        case columns(Set<ColumnKey>)
        /// It can't be parsed here.
        case unknown
        /// A lock was not to be had in time: somebody changes a table just now.
        case busy
    }

    /// Whether this session may try: not on a standby, not without temporary objects, and not where a trigger of
    /// somebody's would fire at our function.
    static func obstacle(_ session: Session) async throws -> String? {
        let row = try await session.run(
            """
            SELECT pg_is_in_recovery() AS recovering,
                   has_database_privilege(current_database(), 'TEMPORARY') AS may_make_temporary,
                   EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D'
                           AND evtevent IN ('ddl_command_start', 'ddl_command_end')) AS has_event_triggers
            """
        ).rows[0]
        if try row["recovering"] { return "a standby parses nothing for us" }
        if try !(row["may_make_temporary"] as Bool) {
            return "this role may make no temporary objects (GRANT TEMPORARY)"
        }
        return try row["has_event_triggers"] ? "an event trigger of this database would fire" : nil
    }

    /// Parses a statement with names looked up in a search_path.
    ///
    /// - Parameter number: one that no other statement of this session had: what is prepared outlives the rollback.
    func columns(of statement: String, number: Int, searchPath: String, tables: [UInt32]) async throws -> Answer {
        let name = Identifier("online_change_evidence_\(number)")
        do {
            return .columns(
                try await lockGuard.rehearse(on: session) { rehearsal in
                    try await rehearsal.run("PREPARE \(name) AS \(asked: statement)", searchPath: searchPath)
                    let types: String = try await session.value(
                        """
                        SELECT coalesce(string_agg(t.name, ', ' ORDER BY t.place), '') FROM pg_prepared_statements p
                        CROSS JOIN unnest(p.parameter_types::text[]) WITH ORDINALITY t(name, place)
                        WHERE p.name = \(name.name)
                        """
                    )
                    try await rehearsal.run(
                        """
                        CREATE FUNCTION pg_temp.online_change_evidence(\(server: types)) RETURNS void LANGUAGE sql BEGIN ATOMIC
                        \(asked: statement)
                        ; END
                        """,
                        searchPath: searchPath
                    )
                    return try await uses(of: tables)
                }
            )
        } catch let error as PostgresError {
            guard error.state != nil else { throw error }
            return error.isLockTrouble ? .busy : .unknown
        }
    }

    private func uses(of tables: [UInt32]) async throws -> Set<ColumnKey> {
        let rows = try await session.run(
            """
            SELECT d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
            WHERE d.classid = 'pg_proc'::regclass AND p.proname = 'online_change_evidence'
              AND p.pronamespace = pg_my_temp_schema() AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid = ANY (\(tables)::oid[]) AND d.refobjsubid > 0
            """
        ).rows
        return Set(try rows.map { ColumnKey(table: try $0["relation"], number: try $0["number"]) })
    }
}
