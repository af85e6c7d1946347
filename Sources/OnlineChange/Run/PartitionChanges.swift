import Postgres

/// Partitions that come and go while a change goes on.
///
/// The server puts our triggers on those that come; rows that were in them before may have one of the columns alone. It
/// takes them off those that are detached, and leaves the added column with its indexes there.
struct PartitionChanges: Sendable {
    let context: RunContext

    private var plan: Plan { context.plan }

    /// Writes down which partitions have the added column, and by which number: a detached one is known by that.
    func remember() async throws {
        guard try await isPartitioned() else { return }
        // Where no column is added, by the column itself.
        let follower = try await columns()?.follower ?? plan.names.original
        try await context.session.run(
            """
            INSERT INTO online_change.partition (change_id, relation, attribute)
            SELECT \(context.change.id), t.relid, a.attnum
            FROM pg_partition_tree(\(plan.tableOID)::oid::regclass) t
            JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(follower.name) AND NOT a.attisdropped
            WHERE t.level > 0
            ON CONFLICT (change_id, relation) DO UPDATE SET attribute = excluded.attribute
            """
        )
    }

    /// Looks that partitions which have come bring nothing in the added column alone: that goes, or follows the other.
    ///
    /// - Throws: `Failure` of kind `data` if one does.
    func takeIn() async throws {
        guard try await isPartitioned() else { return }
        if let (follower, leader) = try await columns() {
            for partition in try await unknown(with: follower) {
                try await requireNothingAlone(in: follower, beside: leader, of: partition)
            }
        }
        try await remember()
    }

    private func unknown(with added: Identifier) async throws -> [HeapRelation] {
        let unknown: [UInt32] = try await context.session.run(
            """
            SELECT t.relid::oid AS relation FROM pg_partition_tree(\(plan.tableOID)::oid::regclass) t
            JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = \(added.name) AND NOT a.attisdropped
            WHERE t.level > 0 AND NOT EXISTS (SELECT FROM online_change.partition p
              WHERE p.change_id = \(context.change.id) AND p.relation = t.relid)
            """
        ).rows.map { try $0["relation"] }
        guard !unknown.isEmpty else { return [] }
        return try await HeapRelation.all(of: plan.tableOID, on: context.session).filter { unknown.contains($0.oid) }
    }

    private func requireNothingAlone(
        in added: Identifier,
        beside original: Identifier,
        of partition: HeapRelation
    ) async throws {
        let isAlone: SQL = "pg_catalog.num_nonnulls(t.\(added)) = 1 AND pg_catalog.num_nonnulls(t.\(original)) = 0"
        guard try await context.session.value("SELECT EXISTS (SELECT FROM \(partition.name) AS t WHERE \(isAlone))")
        else { return }
        throw Failure(
            .data,
            "partition \(partition.name) was attached with rows that have \(added) and not \(original), which is the "
                + "column that counts",
            left: "Nothing was changed in them.",
            next:
                "UPDATE \(partition.name.quoted) SET \(original.quoted) = \(added.quoted) WHERE \(original.quoted) IS "
                + "NULL AND \(added.quoted) IS NOT NULL; then run the same command again."
        )
    }

    /// Takes the added column off the tables that are partitions no more. One that was written since is left, with a word.
    func clean() async throws {
        guard try await isPartitioned() else { return }
        for table in try await detached() {
            guard plan.names.added != nil else {
                try await release(table)
                continue
            }
            if try await holdsMore(table) {
                await context.report(
                    .notice(
                        "\(table.name) is detached, and its column \(table.added) holds values that were written since: "
                            + "it is left to you to drop"
                    )
                )
                continue
            }
            do {
                try await drop(table)
                await context.report(.notice("\(table.name) is detached: its column \(table.added) was dropped"))
            } catch let error as PostgresError where !error.isConnectionTrouble {
                await context.report(
                    .notice("\(table.name) is detached, and its column \(table.added) can't be dropped: \(error)")
                )
            }
        }
    }

    /// Takes our check off a table whose column stays.
    private func release(_ table: Detached) async throws {
        let ours: [String] = try await context.session.run(
            """
            SELECT conname AS name FROM pg_constraint WHERE conrelid = \(table.oid)::oid
              AND conname = ANY (\(plan.fingerprint.ours.map(\.name))::text[]) AND (contype = 'c' OR NOT convalidated)
            """
        ).rows.map { try $0["name"] }
        try await context.lockGuard.run(
            GuardedTransaction(
                locks: [TableLock(table: table.name, mode: .accessExclusive, reason: "DROP CONSTRAINT")],
                statements: plan.allTriggerNames.map { "DROP TRIGGER IF EXISTS \($0) ON \(table.name)" }
                    + ours.map { "ALTER TABLE \(table.name) DROP CONSTRAINT \(Identifier($0))" }
            ),
            on: context.session,
            record: { _ in [forgetting(table)] }
        )
        if !ours.isEmpty { await context.report(.notice("\(table.name) is detached: our check was dropped there")) }
    }

    private func forgetting(_ table: Detached) -> SQL {
        """
        DELETE FROM online_change.partition
        WHERE change_id = \(context.change.id) AND relation = \(Int(table.oid))::oid
        """
    }

    private struct Detached {
        let oid: UInt32
        let name: QualifiedName
        /// What the added column is called there.
        let added: Identifier
    }

    private func isPartitioned() async throws -> Bool {
        try await context.session.value(
            "SELECT EXISTS (SELECT FROM pg_class WHERE oid = \(plan.tableOID)::oid AND relkind = 'p')"
        )
    }

    private func isSwapped() async throws -> Bool {
        plan.isSwapped(try await context.ledger.steps(context.change.id))
    }

    /// The column that follows, which goes with the change as it stands, and the one that counts.
    private func columns() async throws -> (follower: Identifier, leader: Identifier)? {
        let isSwapped = try await isSwapped()
        guard let added = plan.names.added(isSwapped: isSwapped) else { return nil }
        let original = plan.names.original(isSwapped: isSwapped)
        // Where all that hangs on the original is carried to the added one, that is the one that counts from swap on.
        return plan.fingerprint.carried != nil && isSwapped ? (original, added) : (added, original)
    }

    /// Names that only a column has which follows; a table that has left while the other one did keeps what it had.
    private func followers(isSwapped: Bool) -> [Identifier] {
        let names = plan.names
        guard plan.fingerprint.carried != nil, let added = names.added else { return names.all }
        return (isSwapped ? [names.originalLater] : [added])
            + (added != names.addedLater ? [added] : [])
            + (names.originalLater != names.original ? [names.originalLater] : [])
    }

    private func detached() async throws -> [Detached] {
        let followers = followers(isSwapped: try await isSwapped())
        return try await context.session.run(
            """
            SELECT c.oid, n.nspname AS schema, c.relname AS name, a.attname AS added
            FROM online_change.partition p JOIN pg_class c ON c.oid = p.relation
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.attribute AND NOT a.attisdropped
            WHERE p.change_id = \(context.change.id) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = \(plan.owner.name))
              AND a.attname = ANY (\(followers.map(\.name))::text[])
            ORDER BY c.oid
            """
        ).rows.map { row in
            Detached(
                oid: try row["oid"],
                name: QualifiedName(schema: Identifier(try row["schema"]), name: Identifier(try row["name"])),
                added: Identifier(try row["added"])
            )
        }
    }

    /// Whether the added column has a value that the other lacks. The names tell whether it left before swap or after.
    private func holdsMore(_ table: Detached) async throws -> Bool {
        let isSwapped = table.added != plan.names.added(isSwapped: false)
        let verification = isSwapped ? plan.verificationAfterSwap : plan.verification
        return try await context.session.value(
            """
            SELECT EXISTS (SELECT FROM \(table.name) AS t
              WHERE pg_catalog.num_nonnulls(t.\(table.added)) = 1 AND (\(verification.differs)))
            """
        )
    }

    private func drop(_ table: Detached) async throws {
        try await context.lockGuard.run(
            GuardedTransaction(
                locks: [TableLock(table: table.name, mode: .accessExclusive, reason: "DROP COLUMN")],
                statements: plan.allTriggerNames.map { "DROP TRIGGER IF EXISTS \($0) ON \(table.name)" }
                    + ["ALTER TABLE \(table.name) DROP COLUMN IF EXISTS \(table.added)"]
            ),
            on: context.session,
            record: { _ in [forgetting(table)] }
        )
    }
}
