public import Postgres

/// `ALTER COLUMN … TYPE` as a person does it: what stands in the way is dropped and made again, and
/// what the server sets back to a default without a word is set again.
public struct PlainTypeChange: Sendable {
    let table: QualifiedName
    let column: Identifier
    let type: SQL
    let using: SQL?

    /// - Parameter using: the new value; nil for the cast that there is.
    public init(table: QualifiedName, column: Identifier, type: SQL, using: SQL? = nil) {
        self.table = table
        self.column = column
        self.type = type
        self.using = using
    }

    /// Runs in the transaction that is open, which must be rolled back: privileges are put back by hand.
    public func run(on connection: Connection) async throws(PostgresError) {
        let conversion: SQL = using.map { " USING \($0)" } ?? ""
        let alter: SQL = "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(type)\(conversion)"
        let dependents = try await DependentObject.all(of: column, of: table, on: connection)
        let forgotten = try await ForgottenProperties.read(column, of: table, on: connection)
        let sequences = try await connection.run(
            """
            SELECT format('ALTER SEQUENCE %s AS %s', d.objid::regclass, \(type.text)::text) AS statement FROM pg_depend AS d
            JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
            WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = \(table.quoted)::regclass
                AND a.attname = \(column.name) AND d.deptype = 'a'
                AND \(type.text)::text IN ('smallint', 'integer', 'bigint')
            """
        ).rows.map { row throws(PostgresError) in "\(server: try row["statement"])" as SQL }
        try await connection.script(dependents.reversed().map(\.drop) + [alter] + dependents.map(\.create))
        try await forgotten.restore(on: connection)
        // A serial's sequence would end where the old type does.
        for sequence in sequences { try await connection.run(Query(sequence)) }
    }
}

/// `SET NOT NULL`, with a value for the rows that have none.
public struct PlainNotNull: Sendable {
    let table: QualifiedName
    let column: Identifier
    let fill: SQL?

    public init(table: QualifiedName, column: Identifier, fill: SQL? = nil) {
        self.table = table
        self.column = column
        self.fill = fill
    }

    /// Runs in the transaction that is open, with the table's own triggers at rest where they are for the tool.
    public func run(on connection: Connection) async throws(PostgresError) {
        // Those that check keys can't rest, and no other then can.
        let hasKeys: Bool = try await connection.value(
            """
            SELECT EXISTS (SELECT FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
              WHERE c.conrelid = to_regclass(\(table.quoted)) AND a.attname = \(column.name)
                AND (c.contype = 'f' OR c.condeferrable))
            """
        )
        if let fill {
            // A value that a key or constraint refuses is refused to a person too.
            try await connection.script([
                "SAVEPOINT tried", "UPDATE \(table) SET \(column) = \(fill) WHERE \(column) IS NULL",
                "SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK TO SAVEPOINT tried",
            ])
        }
        // From 18 on it would make what a partition has from its table the partition's own.
        let isInherited: Bool = try await connection.value(
            """
            SELECT EXISTS (SELECT FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND ARRAY[a.attnum] = c.conkey
              WHERE c.conrelid = to_regclass(\(table.quoted)) AND a.attname = \(column.name)
                AND c.contype = 'n' AND c.convalidated AND c.coninhcount > 0)
            """
        )
        if isInherited { return }
        let role: SQL = hasKeys ? "origin" : "replica"
        let filling: [SQL] =
            fill.map {
                [
                    "SET LOCAL session_replication_role = \(role)",
                    "UPDATE \(table) SET \(column) = \($0) WHERE \(column) IS NULL",
                    "SET LOCAL session_replication_role = origin",
                ]
            } ?? []
        try await connection.script(filling + ["ALTER TABLE \(table) ALTER COLUMN \(column) SET NOT NULL"])
    }
}
