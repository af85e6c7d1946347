import Postgres

/// Replication slots that nobody reads, or that hold much WAL.
enum SlotAilments: DoctorCheck {
    static func ailments(_ subject: DoctorSubject) async throws -> [Ailment] {
        guard !subject.facts.isInRecovery else { return [] }
        let limit = LimitName.slotWAL.standard.number ?? 0
        return try await subject.session.run(
            """
            SELECT s.slot_name AS name, s.active, s.wal_status = 'lost' AS is_lost,
                   coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained
            FROM pg_replication_slots s WHERE NOT s.temporary ORDER BY 4 DESC
            """
        ).rows.compactMap { row in
            let name: String = try row["name"]
            let retained: Int = try row["retained"]
            let object = "replication slot '\(name)'"
            let drop: SQL = "SELECT pg_drop_replication_slot(\(literal: name));"
            guard try !(row["is_lost"] as Bool? ?? false) else {
                return .worthKnowing(object, "it is lost: the WAL that it needs is gone", drop.text)
            }
            if try !(row["active"] as Bool) {
                return .hurts(
                    object,
                    "nobody reads it, and it retains \(Bytes.text(retained)) of WAL, which a backfill adds to",
                    "Let its reader connect, or: \(drop.text)"
                )
            }
            guard Double(retained) > limit else { return nil }
            return .hurts(
                object,
                "it retains \(Bytes.text(retained)) of WAL; a backfill is held back above \(Bytes.text(Int(limit)))",
                "See why its reader is slow, or give backfills a higher --slot-limit."
            )
        }
    }
}
