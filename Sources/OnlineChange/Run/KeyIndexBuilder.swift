import Postgres

/// Builds a unique index on each partition that a key is made from, concurrently and one after another.
struct KeyIndexBuilder: Sendable {
    let context: RunContext
    let build: KeyIndexBuild

    /// Builds those that are missing, until no partition lacks its own.
    func run() async throws {
        while true {
            let missing = try await missing()
            guard !missing.isEmpty else { return }
            for (partition, index) in missing {
                do {
                    try await IndexBuilder(context: context).build(build.creation(of: index, on: partition))
                } catch let error as PostgresError where error.state == .undefinedTable {
                    await context.report(.notice("partition \(partition) left while its index was built"))
                }
            }
        }
    }

    private func missing() async throws -> [(partition: QualifiedName, index: Identifier)] {
        try await context.session.run(
            """
            SELECT n.nspname AS schema, c.relname AS name, \(build.stem)::text || '_' || c.oid AS index
            FROM pg_partition_tree(\(context.plan.tableOID)::oid::regclass) t JOIN pg_class c ON c.oid = t.relid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE t.isleaf AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
              WHERE i.indrelid = c.oid AND i.indisvalid AND x.relname = \(build.stem)::text || '_' || c.oid)
            ORDER BY c.oid
            """
        ).rows.map { row in
            let partition = QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"]))
            return (partition, Identifier(try row["index"]))
        }
    }
}

extension KeyIndexBuild {
    fileprivate func creation(of index: Identifier, on partition: QualifiedName) -> IndexBuild {
        IndexBuild(
            index: QualifiedName(schema: partition.schema, name: index),
            table: partition,
            statement: "CREATE UNIQUE INDEX CONCURRENTLY \(index) ON \(partition) \(body)",
            tablespace: nil
        )
    }

    /// The statements as a reader of the plan sees them: that for one partition stands for those of all.
    var statements: [SQL] {
        let partition = QualifiedName(schema: table.schema, name: "each_partition")
        return [creation(of: Identifier("\(stem)_…"), on: partition).statement]
    }
}
