import Postgres

/// Rows whose value the old type can't hold, or that doesn't come back from it: what a rollback would refuse to lose.
struct UnfitRows: Sendable {
    let session: Session
    let change: Int
    let plan: Plan

    /// What the last comparison since swap counted; nil if there was none, or nothing can be unfit.
    func lastCounted(since swappedAt: String) async throws -> Evidence.Unfit? {
        guard columns.contains(where: \.canBeUnfit) else { return nil }
        return try await session.run(
            """
            SELECT sum(v.unfit)::bigint AS unfit, to_char(min(v.ended_at), 'YYYY-MM-DD HH24:MI:SS TZ') AS at
            FROM (SELECT DISTINCT ON (place) unfit, ended_at FROM online_change.verification
                  WHERE change_id = \(change) AND begun_at >= \(swappedAt)::timestamptz ORDER BY place, id DESC) v
            HAVING count(*) > 0
            """
        ).rows.first.map { Evidence.Unfit(rows: try $0["unfit"], countedAt: try $0["at"]) }
    }

    /// Reads the tables now, in short ranges and without a lock.
    func count() async throws -> Evidence.Unfit? {
        guard columns.contains(where: \.canBeUnfit) else { return nil }
        var rows = 0
        for column in plan.columns {
            let verification = column.verificationAfterSwap
            guard verification.canBeUnfit else { continue }
            let conditions = [verification.misfit, verification.lossy].compactMap { $0 }.map { "(\($0))" as SQL }
            for relation in try await HeapRelation.all(of: column.tableOID, on: session) {
                for start in stride(from: 0, to: relation.blocks, by: 1000) {
                    let range = start..<(start + 1000)
                    rows += try await session.value(
                        """
                        SELECT count(*) FILTER (WHERE \(SQL.joined(conditions, separator: " OR ")))
                        FROM \(relation.name) AS t WHERE \(Block.condition(range))
                        """
                    )
                }
            }
        }
        let now: String = try await session.value("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS TZ')")
        return Evidence.Unfit(rows: rows, countedAt: now)
    }

    private var columns: [Verification] { plan.columns.map(\.verificationAfterSwap) }
}

extension Verification {
    /// Whether there can be rows that the other column can't hold.
    fileprivate var canBeUnfit: Bool { misfit != nil || lossy != nil }
}
