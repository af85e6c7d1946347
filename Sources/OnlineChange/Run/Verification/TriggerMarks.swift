import Postgres

/// The rows of pg_trigger that our triggers are, on the table and on every partition: disabling and enabling one, or
/// dropping and creating it, makes another.
struct TriggerMarks: Hashable, Sendable {
    /// By relation, a mark for each trigger.
    private var marks: [UInt32: [Substring]] = [:]

    init() {}

    /// Reads the text that the ledger keeps.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if let relation = words.first.flatMap({ UInt32($0) }) { marks[relation] = Array(words.dropFirst()) }
        }
    }

    /// The table and its partitions.
    var relations: Set<UInt32> { Set(marks.keys) }

    /// As the ledger keeps them, and as the server gives them.
    var text: String {
        marks.sorted { $0.key < $1.key }.map { "\(([Substring("\($0.key)")] + $0.value).joined(separator: " "))" }
            .joined(separator: "\n")
    }

    /// Those of one relation.
    func text(of relation: UInt32) -> String {
        marks[relation, default: []].joined(separator: " ")
    }

    /// Takes the marks of relations over that have none yet.
    mutating func add(_ others: TriggerMarks) {
        marks.merge(others.marks) { known, _ in known }
    }

    /// Whether each relation has a number of triggers, and those that both know have the same.
    func agree(with others: TriggerMarks, count: Int) -> Bool {
        marks.allSatisfy { relation, found in
            found.count == count && others.marks[relation].map { $0 == found } ?? true
        }
    }

    static func read(_ verification: Verification, tableOID: UInt32, _ session: Session) async throws -> TriggerMarks {
        TriggerMarks(try await session.value(Query(expression(verification, tableOID: tableOID))))
    }

    /// A statement that fails with `SQLState.assertionFailed` if the rows are others than these.
    func assertion(_ verification: Verification, tableOID: UInt32) -> SQL {
        let body: SQL = """
            BEGIN
              IF (\(Self.expression(verification, tableOID: tableOID))) IS DISTINCT FROM \(literal: text) THEN
                RAISE EXCEPTION USING ERRCODE = \(literal: SQLState.assertionFailed.code);
              END IF;
            END
            """
        return "DO LANGUAGE plpgsql \(literal: body.text)"
    }

    private static func expression(_ verification: Verification, tableOID: UInt32) -> SQL {
        let names = SQL.joined(verification.triggers.map { "\(literal: $0.name)" })
        return """
            SELECT coalesce(string_agg(relation.line, chr(10) ORDER BY relation.oid), '') FROM (
              SELECT tree.oid, concat_ws(' ', tree.oid,
                string_agg(format('%s:%s:%s', g.oid, g.xmin, g.tgenabled), ' ' ORDER BY g.oid)) AS line
              FROM (SELECT relid::oid AS oid FROM pg_catalog.pg_partition_tree(\(tableOID)::oid::regclass)
                    UNION SELECT \(tableOID)::oid) AS tree
              LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = tree.oid AND g.tgname = ANY (ARRAY[\(names)]::name[])
              GROUP BY tree.oid) AS relation
            """
    }
}

extension SQLState {
    /// Something that was looked at before a lock was asked for no longer held once it was there.
    static let assertionFailed: SQLState = "OC001"
}
