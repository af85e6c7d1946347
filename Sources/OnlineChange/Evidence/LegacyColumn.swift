import Postgres

/// The column that goes at drop, as statements know it.
struct LegacyColumn: Hashable, Sendable {
    /// Its table, and that one's oid.
    let table: QualifiedName
    let tableOID: UInt32
    /// What it is called from swap on, and by old releases always.
    let name: Identifier
    /// Its number in the table now; nil if no column has the name.
    let number: Int?
    /// The table and its partitions.
    let tree: [UInt32]
    /// Names by which a text may speak of the table: its own, its partitions', and views that read the column.
    let relations: [Identifier]

    /// Finds it; nil for a change that adds no column, or whose table is gone.
    static func find(_ column: PlannedColumn, on session: Session) async throws -> LegacyColumn? {
        guard let name = column.legacyName, try await CatalogReader(session: session).exists(oid: column.tableOID)
        else {
            return nil
        }
        let number: Int? = try await session.run(
            """
            SELECT attnum::int AS number FROM pg_attribute
            WHERE attrelid = \(column.tableOID)::oid AND attname = \(name.name) AND attnum > 0 AND NOT attisdropped
            """
        ).rows.first.map { try $0["number"] }
        let rows = try await session.run(
            """
            SELECT c.oid, c.relname AS name, true AS is_table FROM pg_class c WHERE c.oid = \(column.tableOID)::oid
              OR c.oid IN (SELECT relid::oid FROM pg_partition_tree(\(column.tableOID)::oid::regclass))
            UNION
            SELECT c.oid, c.relname, false FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
            JOIN pg_class c ON c.oid = r.ev_class
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND c.relkind IN ('v', 'm')
              AND d.refobjid = \(column.tableOID)::oid AND d.refobjsubid = \(number ?? 0)
            """
        ).rows
        return LegacyColumn(
            table: column.table,
            tableOID: column.tableOID,
            name: name,
            number: number,
            tree: try rows.filter { try $0["is_table"] }.map { try $0["oid"] },
            relations: try rows.map { Identifier(try $0["name"]) }
        )
    }

    /// Whether a text names both the column and a relation by which it can be had.
    func isNamed(in words: StatementWords) -> Bool {
        words.names(column: name) && words.names(anyOf: relations)
    }
}

extension PlannedColumn {
    /// What the column that goes at drop is called from swap on; nil if none does.
    ///
    /// Where columns exchange names it is the added one that goes; where the new one takes the old one's place, the original.
    var legacyName: Identifier? {
        guard let addedLater = names.addedLater else { return nil }
        return fingerprint.carried == nil ? addedLater : names.originalLater
    }
}
