public import Postgres

/// Rows for tables that somebody else has made: a few of random values in each, where its constraints let them in.
public enum RandomRows {
    /// Fills the tables of a database.
    ///
    /// - Parameter count: how many rows are offered to each table. The server refuses some.
    public static func fill(_ connection: Connection, seed: UInt64, count: Int) async throws(PostgresError) {
        var random = SeededGenerator(seed: seed)
        let tables = try await tables(connection)
        // Those that refer to others get theirs the second time.
        for pass in 0..<2 {
            for (table, columns) in tables where !columns.isEmpty {
                for row in 1...count {
                    let insert = insert(into: table, columns, row: row + pass * count, &random)
                    do {
                        try await connection.script([insert])
                    } catch {
                        guard case .server = error else { throw error }
                    }
                }
            }
        }
    }

    /// A column that gets values.
    private struct Target {
        let name: Identifier
        /// With its length.
        let type: SQL
        /// What the type is without domains and lengths.
        let baseType: String
        let label: String?
        let isNotNull: Bool
        let hasDefault: Bool
        let referred: (table: QualifiedName, column: Identifier)?

        init(_ row: Row) throws(PostgresError) {
            name = Identifier(try row["attname"])
            type = "\(server: try row["type"])"
            baseType = try row["base"]
            label = try row["label"]
            isNotNull = try row["attnotnull"]
            hasDefault = try row["atthasdef"]
            let column: String? = try row["referred_column"]
            guard let column else {
                referred = nil
                return
            }
            let table = QualifiedName(
                schema: Identifier(try row["referred_schema"]),
                name: Identifier(try row["referred_table"])
            )
            referred = (table, Identifier(column))
        }
    }

    private static func insert(
        into table: QualifiedName,
        _ columns: [Target],
        row: Int,
        _ random: inout SeededGenerator
    ) -> SQL {
        let written = columns.filter { column in !column.hasDefault || random.chance(50) }
        guard !written.isEmpty else { return "INSERT INTO \(table) DEFAULT VALUES" }
        let values = written.map { value(of: $0, row: row, &random) }
        return """
            INSERT INTO \(table) (\(.joined(written.map { "\($0.name)" }))) OVERRIDING SYSTEM VALUE
            VALUES (\(.joined(values)))
            """
    }

    private static func value(of column: Target, row: Int, _ random: inout SeededGenerator) -> SQL {
        if !column.isNotNull, random.chance(30) { return "NULL" }
        if let (table, name) = column.referred { return "(SELECT \(name) FROM \(table) OFFSET \(row % 3) LIMIT 1)" }
        if let label = column.label { return "\(literal: label)" }
        if column.baseType.hasSuffix("[]") { return "'{}'" }
        guard let type = RandomType.builtIn.first(where: { $0.isNamed(column.baseType) }) else {
            return column.isNotNull ? "''" : "NULL"
        }
        return "\(literal: type.value(&random, row))::\(column.type)"
    }

    private static func tables(
        _ connection: Connection
    ) async throws(PostgresError) -> [(name: QualifiedName, columns: [Target])] {
        let rows = try await connection.run(query).rows
        var tables: [(name: QualifiedName, columns: [Target])] = []
        for row in rows {
            let name = QualifiedName(schema: Identifier(try row["nspname"]), name: Identifier(try row["relname"]))
            if tables.last?.name != name { tables.append((name, [])) }
            tables[tables.count - 1].columns.append(try Target(row))
        }
        return tables
    }

    private static let query: Query = """
        SELECT n.nspname, c.relname, a.attname, a.attnotnull, a.atthasdef OR a.attidentity <> '' AS atthasdef,
               format_type(a.atttypid, a.atttypmod) AS type,
               format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL) AS base,
               (SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder LIMIT 1) AS label,
               rn.nspname AS referred_schema, rc.relname AS referred_table, ra.attname AS referred_column
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        JOIN pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN LATERAL (
            SELECT confrelid, confkey[array_position(conkey, a.attnum)] AS number FROM pg_constraint
            WHERE conrelid = c.oid AND contype = 'f' AND a.attnum = ANY (conkey) ORDER BY conname LIMIT 1) AS f ON true
        LEFT JOIN pg_class AS rc ON rc.oid = f.confrelid
        LEFT JOIN pg_namespace AS rn ON rn.oid = rc.relnamespace
        LEFT JOIN pg_attribute AS ra ON ra.attrelid = rc.oid AND ra.attnum = f.number
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_'
          AND n.nspname NOT IN ('information_schema', 'online_change')
        ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
        """
}

extension RandomType {
    /// Whether it is the type that the server calls so when it leaves out the length.
    fileprivate func isNamed(_ baseType: String) -> Bool {
        let own = name.text.prefix { $0 != "(" }
        let names = [
            "character varying": "varchar", "character": "char", "timestamp without time zone": "timestamp",
            "timestamp with time zone": "timestamptz", "time without time zone": "time", "bit varying": "bit varying",
        ]
        return own == names[baseType] ?? baseType
    }
}
