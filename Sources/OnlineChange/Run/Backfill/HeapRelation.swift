import Postgres

/// A table that holds rows itself: the one that is changed, or a partition of it.
struct HeapRelation: Hashable, Sendable {
    /// Its oid, which stays when it is renamed.
    let oid: UInt32
    /// Its schema and name when it was read.
    let name: QualifiedName
    /// Its file: another one after VACUUM FULL, CLUSTER, TRUNCATE or a repack.
    let filenode: UInt32
    /// Blocks of its heap when it was read.
    let blocks: Int

    /// The table, or every ordinary table among the leaves of a partitioned one. Foreign tables are left out.
    ///
    /// - Throws: `Failure.refused` if there is no such table any more.
    static func all(of table: UInt32, on session: Session) async throws -> [HeapRelation] {
        guard try await CatalogReader(session: session).exists(oid: table) else {
            throw Failure(
                .refused,
                "the table is gone: it was dropped, or dropped and made anew",
                left: "What was committed stands.",
                next: "online-change rollback takes away what the change left elsewhere."
            )
        }
        // A plain table is no partition tree to the server, not even one of itself.
        return try await session.run(
            """
            SELECT c.oid, n.nspname AS schema, c.relname AS name, pg_relation_filenode(c.oid) AS filenode,
                   pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks
            FROM (SELECT relid FROM pg_partition_tree(\(table)::oid::regclass) WHERE isleaf
                  UNION SELECT \(table)::oid::regclass) AS leaf(relid)
            JOIN pg_class c ON c.oid = leaf.relid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' ORDER BY c.oid
            """
        ).rows.map { row in
            HeapRelation(
                oid: try row["oid"],
                name: QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"])),
                filenode: try row["filenode"],
                blocks: try row["blocks"]
            )
        }
    }
}
