import Postgres

/// Columns of whole numbers that are near the end of their range, with the change that widens them.
///
/// Sequences say how far they are; where there is none, the end of an index does. No table is read.
enum IntegerAilments: DoctorCheck {
    /// The part of the range from which a column is told of, and from which it is urgent.
    private static let (noted, urgent) = (0.5, 0.8)

    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        var columns = try await bySequence(subject)
        let known = Set(columns.map(\.key))
        columns += try await byIndex(subject).filter { !known.contains($0.key) }
        var found: [(part: Double, ailment: Ailment)] = []
        for column in columns.sorted(by: { $0.part > $1.part }).prefix(20) where column.part >= noted {
            found.append((column.part, try await ailment(column, subject)))
        }
        return found.sorted { $0.part > $1.part }.map(\.ailment)
    }

    /// A column, and how far it is.
    private struct Filling {
        let key: ColumnKey
        let table: QualifiedName
        let column: Identifier
        let type: String
        let value: Int
        let limit: Int
        /// The sequence, if that ends before the column's type does.
        let sequence: String?

        var part: Double { Double(value) / Double(limit) }
    }

    private static func ailment(_ column: Filling, _ subject: DoctorSubject) async throws -> Ailment {
        let percent = "\(Int(column.part * 100)) %"
        let object = "column \(column.table).\(column.column)"
        var message =
            "it is at \(Count.text(column.value)) of \(Count.text(column.limit)) (\(percent) of "
            + (column.sequence.map { "the sequence \($0))" } ?? "\(column.type))")
        let remedy: String
        if let sequence = column.sequence {
            remedy = "ALTER SEQUENCE \(sequence) AS bigint MAXVALUE 9223372036854775807;"
        } else {
            let transition = TypeTransition(old: column.type, new: "bigint")
            let referring = try await ReferenceReader(session: subject.session).references(to: column.key, transition)
            let along = referring.filter(transition.takesAlong)
            if !along.isEmpty {
                message +=
                    "; \(Count.of(along.count, "column")) \(along.count == 1 ? "refers" : "refer") to it and must follow"
            }
            remedy =
                "online-change change-type \(argument(column.table.quoted)) \(argument(column.column.quoted)) bigint"
                + (along.isEmpty ? "" : " --cascade")
        }
        return column.part >= urgent ? .hurts(object, message, remedy) : .worthKnowing(object, message, remedy)
    }

    /// A name as it is written in a shell: without quotes where it needs none.
    private static func argument(_ quoted: String) -> String {
        let bare = quoted.replacing("\"", with: "")
        let isPlain = bare.allSatisfy { $0 == "_" || $0 == "." || $0.isASCII && ($0.isNumber || $0.isLowercase) }
        return isPlain ? bare : "'\(quoted.replacing("'", with: "'\\''"))'"
    }

    private static let facts: SQL = """
        c.oid AS relation, a.attnum::int AS number, n.nspname AS schema, c.relname AS name, a.attname AS "column",
        format_type(a.atttypid, NULL) AS type,
        CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                        ELSE 9223372036854775807 END AS "limit"
        """

    private static func bySequence(_ subject: DoctorSubject) async throws -> [Filling] {
        let rows = try await subject.session.run(
            """
            SELECT \(facts), used.sequence::regclass::text AS sequence, s.seqmax,
                   CASE WHEN has_sequence_privilege(used.sequence, 'SELECT, USAGE')
                        THEN pg_sequence_last_value(used.sequence) END AS value
            FROM (SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                  UNION
                  SELECT d.refobjid, e.adrelid, e.adnum FROM pg_attrdef e
                  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                    AND d.refclassid = 'pg_class'::regclass) used
            JOIN pg_sequence s ON s.seqrelid = used.sequence
            JOIN pg_class c ON c.oid = used.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = used.number
            WHERE a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND s.seqincrement > 0
              AND NOT s.seqcycle AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND \(subject.isOfInterest("c.oid"))
            """
        ).rows
        return try rows.compactMap { row in
            guard let value: Int = try row["value"] else { return nil }
            let (limit, end): (Int, Int) = (try row["limit"], try row["seqmax"])
            return try filling(row, value: value, sequence: end < limit ? row["sequence"] : nil, limit: min(limit, end))
        }
    }

    /// Keys without a sequence: the greatest value is at the end of their index.
    private static func byIndex(_ subject: DoctorSubject) async throws -> [Filling] {
        let rows = try await subject.session.run(
            """
            SELECT DISTINCT \(facts) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indisvalid AND i.indpred IS NULL AND c.relkind = 'r' AND NOT c.relispartition
              AND a.atttypid IN ('int2'::regtype, 'int4'::regtype) AND \(subject.isOfInterest("c.oid"))
              AND has_table_privilege(c.oid, 'SELECT')
              AND (i.indisunique OR EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.oid
                                            AND k.conkey[1] = a.attnum))
            """
        ).rows
        // Rows deleted at the end of an index can make even that long, and row security may forbid it.
        try await subject.session.set("statement_timeout", to: "200")
        var found: [Filling] = []
        for row in rows {
            let table = QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"]))
            let column = Identifier(try row["column"])
            do {
                let query: SQL = "SELECT max(\(column))::bigint FROM \(table)"
                guard let value: Int = try await subject.session.value(Query(query)) else { continue }
                found.append(try filling(row, value: value, sequence: nil, limit: try row["limit"]))
            } catch let error as PostgresError {
                guard error.state != nil else { throw error }
            }
        }
        try await subject.session.set("statement_timeout", to: "0")
        return found
    }

    private static func filling(_ row: Row, value: Int, sequence: String?, limit: Int) throws -> Filling {
        Filling(
            key: ColumnKey(table: try row["relation"], number: try row["number"]),
            table: QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"])),
            column: Identifier(try row["column"]),
            type: try row["type"],
            value: value,
            limit: limit,
            sequence: sequence
        )
    }
}
