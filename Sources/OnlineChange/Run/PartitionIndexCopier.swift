import Postgres

/// Copies the indexes that partitions have of their own: they are no part of an index of the whole table.
struct PartitionIndexCopier: Sendable {
    let context: RunContext
    let copies: PartitionIndexCopies

    /// Builds a copy of each such index there is now, unless it stands.
    func run() async throws {
        let reader = CatalogReader(session: context.session)
        let partitions = try await reader.partitionsWithOwnIndexes(of: context.column.tableOID, on: copies.from)
        for oid in partitions {
            var partition = try await reader.snapshot(oid: oid, mentions: [])
            // Only the indexes are asked for.
            partition.triggers = []
            guard let column = partition.column(copies.from) else { continue }
            let exchanged = try await ExchangeProbe(
                session: context.session,
                lockGuard: context.lockGuard,
                table: partition,
                from: copies.from,
                to: copies.to
            ).definitions()
            for index in partition.indexes where index.isValid && !index.isAttached {
                guard index.columns.contains(column.number), let body = exchanged.indexes[index.name] else { continue }
                let lookup = exchanged.lookup[.index(index.name)]
                try await copy(index, of: partition, body: "\(server: body)", lookup: lookup)
            }
        }
    }

    private func copy(_ original: Index, of partition: TableSnapshot, body: SQL, lookup: [Identifier]?) async throws {
        let name = CopyIndexes.name(of: original, on: partition, column: copies.to)
        let isUnique = original.isUnique && original.isImmediate && copies.areUnique
        guard !original.isPartitioned else {
            let build = PartitionedIndexBuild(
                index: name,
                table: partition.name,
                isUnique: isUnique,
                body: body,
                tablespace: original.tablespace,
                lookup: lookup
            )
            return try await PartitionedIndexBuilder(context: context, build: build).run()
        }
        let unique: SQL = isUnique ? "UNIQUE " : ""
        try await IndexBuilder(context: context).build(
            IndexBuild(
                index: name,
                table: partition.name,
                statement: "CREATE \(unique)INDEX CONCURRENTLY \(name.name) ON \(partition.name) \(body)",
                tablespace: original.tablespace,
                lookup: lookup
            )
        )
    }
}

extension PartitionIndexCopies {
    /// The statement as a reader of the plan sees it.
    var statements: [SQL] {
        let partition = QualifiedName(schema: table.schema, name: "each_partition")
        return ["CREATE INDEX CONCURRENTLY its_copy ON \(partition) (\(to), …)"]
    }
}
