import Postgres

/// Settings of the server that a change would meet.
enum SettingAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        let row = try await subject.session.run(
            """
            SELECT current_setting('wal_level') AS wal_level, current_setting('autovacuum')::bool AS vacuums,
                   current_setting('max_locks_per_transaction')::bigint
                     * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint)
                     AS locks
            """
        ).rows[0]
        var found: [Ailment] = []
        if try !(row["vacuums"] as Bool) {
            found.append(
                .hurts(
                    "setting autovacuum",
                    "it is off: a backfill leaves dead rows and no statistics are taken of the new column afterwards",
                    "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();"
                )
            )
        }
        if try row["wal_level"] == "logical" {
            found.append(
                .worthKnowing(
                    "setting wal_level",
                    "it is logical: every row that a backfill updates is decoded by each logical slot, and with REPLICA "
                        + "IDENTITY FULL the whole old row is logged",
                    "Watch the slots, and see --slot-limit."
                )
            )
        }
        return try await found + unvacuumed(subject) + lockTable(subject, room: try row["locks"])
    }

    private static func unvacuumed(_ subject: DoctorSubject) async throws -> [Ailment] {
        try await subject.session.run(
            """
            SELECT c.oid::regclass::text AS name FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND \(subject.isOfInterest("c.oid")) AND EXISTS (
              SELECT FROM pg_options_to_table(c.reloptions)
              WHERE option_name = 'autovacuum_enabled' AND option_value IN ('false', 'off', '0', 'no'))
            ORDER BY pg_table_size(c.oid) DESC LIMIT 5
            """
        ).rows.map { row in
            let name: String = try row["name"]
            return .hurts(
                "table \(name)",
                "autovacuum_enabled is off: what a backfill leaves dead stays, but for the vacuums that it runs itself",
                "ALTER TABLE \(name) RESET (autovacuum_enabled);"
            )
        }
    }

    /// A change of a partitioned table locks all of its partitions and their indexes at once.
    private static func lockTable(_ subject: DoctorSubject, room: Int) async throws -> [Ailment] {
        try await subject.session.run(
            """
            SELECT c.oid::regclass::text AS name,
                   (SELECT count(*) + coalesce(sum((SELECT count(*) FROM pg_index i WHERE i.indrelid = t.relid)), 0)
                    FROM pg_partition_tree(c.oid) t)::bigint AS relations
            FROM pg_class c WHERE c.relkind = 'p' AND NOT c.relispartition AND \(subject.isOfInterest("c.oid"))
            ORDER BY 2 DESC LIMIT 3
            """
        ).rows.compactMap { row in
            let name: String = try row["name"]
            let relations: Int = try row["relations"]
            guard relations > room / 2 else { return nil }
            return .hurts(
                "table \(name)",
                "it has \(Count.text(relations)) partitions and indexes, all of which a change locks at once, and the server "
                    + "has room for some \(Count.text(room)) locks of everybody",
                "Raise max_locks_per_transaction (a restart), or drop partitions that are no longer needed."
            )
        }
    }
}
