import Postgres

/// Builds an index of a partitioned table: in the catalog first, then concurrently on each leaf, then as one.
///
/// Each round looks which partition still lacks its part, so that a build goes on after a crash where it stopped, and
/// partitions that come or go meanwhile are no harm.
struct PartitionedIndexBuilder: Sendable {
    let context: RunContext
    let build: PartitionedIndexBuild

    /// Builds what is missing of it.
    func run() async throws {
        try await create(build.index, on: build.table)
        while true {
            let missing = try await missing()
            guard !missing.isEmpty else { break }
            for part in missing { try await add(part) }
        }
        let isValid: Bool = try await context.session.value(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(\(build.index.quoted))"
        )
        if !isValid {
            await context.report(
                .notice(
                    "index \(build.index) is complete and stays marked invalid: a partition left while it was built"
                )
            )
        }
    }

    /// A partition without its part of the index.
    private struct Part {
        let table: QualifiedName
        let isPartitioned: Bool
        /// The index that its own becomes a part of.
        let parent: QualifiedName
        let index: QualifiedName
    }

    private func missing() async throws -> [Part] {
        try await context.session.run(
            """
            WITH RECURSIVE built(index, relation) AS (
              SELECT to_regclass(\(build.index.quoted))::oid, to_regclass(\(build.table.quoted))::oid
              UNION ALL
              SELECT x.indexrelid, x.indrelid FROM built JOIN pg_inherits i ON i.inhparent = built.index
              JOIN pg_index x ON x.indexrelid = i.inhrelid)
            SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS is_partitioned,
                   pn.nspname AS parent_schema, pc.relname AS parent
            FROM built JOIN pg_inherits i ON i.inhparent = built.relation AND NOT i.inhdetachpending
            JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class pc ON pc.oid = built.index JOIN pg_namespace pn ON pn.oid = pc.relnamespace
            WHERE NOT EXISTS (SELECT FROM built other WHERE other.relation = c.oid)
            ORDER BY c.oid
            """
        ).rows.map { row in
            let table = QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"]))
            let hash = StableHash.hex("\(try row["oid"] as String).\(build.index.quoted)")
            return Part(
                table: table,
                isPartitioned: try row["is_partitioned"],
                parent: QualifiedName(
                    schema: Identifier(try row["parent_schema"]),
                    name: Identifier(try row["parent"])
                ),
                index: QualifiedName(schema: table.schema, name: build.index.name.shortened(appending: "_\(hash)"))
            )
        }
    }

    private func add(_ part: Part) async throws {
        do {
            if part.isPartitioned {
                try await create(part.index, on: part.table)
            } else {
                let index = IndexBuild(
                    index: part.index,
                    table: part.table,
                    statement: build.creation(of: part.index, on: part.table, how: .concurrently),
                    tablespace: build.tablespace,
                    lookup: build.lookup
                )
                try await IndexBuilder(context: context).build(index)
            }
            try await attach(part)
        } catch let error as PostgresError where !error.isConnectionTrouble {
            let stands = try await missing().contains { $0.table == part.table && $0.parent == part.parent }
            guard !stands else { throw error }
            await context.report(.notice("partition \(part.table) left while its index was built"))
        }
    }

    /// Creates the index for a partitioned table alone, unless it is there.
    private func create(_ index: QualifiedName, on table: QualifiedName) async throws {
        switch try await IndexBuilder(context: context).state(index, table: table) {
        case .valid, .invalid: return
        case .elsewhere:
            throw Failure(
                .refused,
                "there is a relation \(index) already that is no index of \(table)",
                left: "Nothing of this step was done.",
                next: "Rename it, then run the same command again."
            )
        case .missing: break
        }
        try await context.lockGuard.run(
            GuardedTransaction(
                locks: [
                    TableLock(table: table, mode: .shareRowExclusive, reason: "CREATE INDEX … ON ONLY", reach: .alone)
                ],
                preparation: [
                    "SELECT pg_catalog.set_config('default_tablespace', \(literal: build.tablespace?.quoted ?? ""), true)"
                ],
                statements: LookupPath.around(build.creation(of: index, on: table, how: .alone), build.lookup ?? [])
            ),
            on: context.session
        )
    }

    /// The partition's own weak lock keeps an autovacuum, which has its indexes open, out of the way.
    private func attach(_ part: Part) async throws {
        try await context.lockGuard.run(
            GuardedTransaction(
                locks: [
                    TableLock(
                        table: part.table,
                        mode: .shareUpdateExclusive,
                        reason: "ATTACH PARTITION",
                        reach: .alone
                    ),
                    TableLock(table: part.index, mode: .accessExclusive, reason: "ATTACH PARTITION", reach: .index),
                ],
                statements: [build.attachment(of: part.index, to: part.parent)]
            ),
            on: context.session
        )
    }
}

extension PartitionedIndexBuild {
    fileprivate enum How {
        case alone
        case concurrently
    }

    fileprivate func creation(of index: QualifiedName, on table: QualifiedName, how: How) -> SQL {
        let unique: SQL = isUnique ? "UNIQUE " : ""
        return switch how {
        case .alone: "CREATE \(unique)INDEX \(index.name) ON ONLY \(table) \(body)"
        case .concurrently: "CREATE \(unique)INDEX CONCURRENTLY \(index.name) ON \(table) \(body)"
        }
    }

    fileprivate func attachment(of part: QualifiedName, to parent: QualifiedName) -> SQL {
        "ALTER INDEX \(parent) ATTACH PARTITION \(part)"
    }

    /// The statements as a reader of the plan sees them: those for a partition stand for those of all.
    var statements: [SQL] {
        let part = QualifiedName(schema: table.schema, name: "each_partition")
        let its = QualifiedName(schema: table.schema, name: "its_index")
        return LookupPath.around(creation(of: index, on: table, how: .alone), lookup ?? [])
            + LookupPath.around(creation(of: its, on: part, how: .concurrently), lookup ?? [], isLocal: false)
            + [attachment(of: its, to: index)]
    }
}
