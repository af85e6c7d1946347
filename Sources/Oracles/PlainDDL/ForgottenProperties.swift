import Postgres

/// What `ALTER COLUMN … TYPE` sets back to defaults without a word, though nobody asked for it.
struct ForgottenProperties {
    private let statements: [SQL]

    /// Notes them before the change.
    static func read(
        _ column: Identifier,
        of table: QualifiedName,
        on connection: Connection
    ) async throws(PostgresError) -> ForgottenProperties {
        let rows = try await connection.run(
            """
            SELECT format('UPDATE pg_attribute AS a SET attstorage = %L FROM pg_type AS t WHERE a.attrelid = %s
                    AND a.attname = %L AND t.oid = a.atttypid AND t.typstorage <> ''p''',
                a.attstorage, a.attrelid, a.attname) AS statement
            FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = \(table.quoted)::regclass AND a.attname = \(column.name) AND a.attstorage <> t.typstorage
            UNION ALL
            SELECT format('UPDATE pg_attribute AS a SET attcompression = %L FROM pg_type AS t WHERE a.attrelid = %s
                    AND a.attname = %L AND t.oid = a.atttypid AND t.typstorage <> ''p''',
                a.attcompression, a.attrelid, a.attname)
            FROM pg_attribute AS a
            WHERE a.attrelid = \(table.quoted)::regclass AND a.attname = \(column.name) AND a.attcompression <> ''
            UNION ALL
            SELECT format('UPDATE pg_attribute SET attstattarget = %s WHERE attrelid = %L::regclass AND attnum = %s',
                a.attstattarget, i.indexrelid::regclass, a.attnum)
            FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indexrelid
            WHERE i.indrelid = \(table.quoted)::regclass AND a.attstattarget >= 0
            UNION ALL
            SELECT format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget)
            FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
            WHERE s.stxrelid = \(table.quoted)::regclass AND s.stxstattarget >= 0
            """
        ).rows
        return ForgottenProperties(
            statements: try rows.map { row throws(PostgresError) in "\(server: try row.first(as: String.self))" }
        )
    }

    /// Gives them back after it.
    func restore(on connection: Connection) async throws(PostgresError) {
        for statement in statements { try await connection.run(Query(statement)) }
    }
}
