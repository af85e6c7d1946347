import Postgres

/// How a backfill is getting on with its table and server: against what both were when it began.
public struct BackfillHealth: Encodable, Sendable {
    /// The part of all updates that needed no new index entries; nil before there were any.
    public let hotShare: Double?
    /// The part by which the heap has grown, 0.3 for 30 %.
    public let heapGrowth: Double
    /// The part by which the indexes have grown.
    public let indexGrowth: Double
    /// Bytes of WAL that the server wrote during the batches, others' among them.
    public let wal: Int
    /// Bytes of WAL that the server has written since the beginning, whoever for.
    public let serverWAL: Int
    /// Rows that wait for vacuum; nil when the backfill has ended.
    public let deadTuples: Int?
    /// What keeps dead rows from being reused; nil when the backfill has ended.
    public let oldestSnapshot: Snapshot?

    /// A snapshot that holds vacuum and pruning back.
    public struct Snapshot: Encodable, Sendable {
        /// Age of its transaction; nil if it can't be seen.
        public let seconds: Double?
        /// Who has it, in words; nil if nobody holds anything back.
        public let holder: String?
    }

    /// The health of a change's last backfill; nil if it has none, or while its table is locked.
    static func read(_ change: Int, table: UInt32, session: Session) async throws -> BackfillHealth? {
        do {
            return try await measured(change, table, session)
        } catch let error as PostgresError where error.isLockTrouble || error.state == .undefinedTable {
            return nil
        }
    }

    private static func measured(_ change: Int, _ table: UInt32, _ session: Session) async throws -> BackfillHealth? {
        let begun = try await session.run(
            """
            SELECT b.heap, b.indexes, b.wal, b.updated, b.hot, e.heap AS end_heap, e.indexes AS end_indexes,
                   e.wal AS end_wal, e.updated AS end_updated, e.hot AS end_hot,
                   (SELECT coalesce(sum(l.wal), 0)::bigint FROM online_change.backfill_lane l
                    WHERE l.change_id = b.change_id AND l.position = b.position) AS batches_wal
            FROM online_change.backfill_measure b
            LEFT JOIN online_change.backfill_measure e ON e.change_id = b.change_id AND e.position = b.position AND e.is_end
            WHERE b.change_id = \(change) AND NOT b.is_end ORDER BY b.position DESC LIMIT 1
            """
        ).rows.first
        guard let begun else { return nil }
        let hasEnded = try begun["end_heap"] as Int? != nil
        let now = hasEnded ? begun : try await session.run(BackfillMeasures.now(table)).rows[0]
        let prefix = hasEnded ? "end_" : ""
        let updated: Int = try now["\(prefix)updated"] - begun["updated"]
        let hot: Int = try now["\(prefix)hot"] - begun["hot"]
        let walNow: String = try now["\(prefix)wal"]
        let walBegun: String = try begun["wal"]
        let written: Int = try await session.value(
            "SELECT pg_wal_lsn_diff(\(walNow)::pg_lsn, \(walBegun)::pg_lsn)::bigint"
        )
        let oldest = hasEnded ? nil : try await OldestSnapshot.read(session, ours: [])
        return BackfillHealth(
            // The server's counters may have been reset since.
            hotShare: updated > 0 && hot >= 0 && hot <= updated ? Double(hot) / Double(updated) : nil,
            heapGrowth: BackfillGrowth.of(try begun["heap"], try now["\(prefix)heap"]),
            indexGrowth: BackfillGrowth.of(try begun["indexes"], try now["\(prefix)indexes"]),
            // Batches that run at once count one another's.
            wal: min(try begun["batches_wal"], written),
            serverWAL: written,
            deadTuples: hasEnded ? nil : try now["dead"],
            oldestSnapshot: oldest.map { Snapshot(seconds: $0.seconds, holder: $0.holder) }
        )
    }

    /// The health on one line.
    public var text: String {
        var parts = [
            hotShare.map { "HOT \(Numbers.short($0 * 100)) %" },
            "heap \(Self.signed(heapGrowth))", "indexes \(Self.signed(indexGrowth))",
            "WAL \(Bytes.text(wal)) (server \(Bytes.text(serverWAL)))",
            deadTuples.map { "\(Count.text($0)) dead rows" },
        ].compactMap { $0 }
        if let oldestSnapshot {
            let age = oldestSnapshot.seconds.map { Seconds.text($0) } ?? "of unknown age"
            parts.append(oldestSnapshot.holder.map { "oldest snapshot \(age): \($0)" } ?? "no old snapshot")
        }
        return parts.joined(separator: ", ")
    }

    private static func signed(_ growth: Double) -> String {
        (growth < 0 ? "" : "+") + Numbers.short(growth * 100) + " %"
    }
}
