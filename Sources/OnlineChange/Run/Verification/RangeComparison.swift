import Postgres

/// Compares the two columns in a range of blocks, and mends what differs. It locks nothing but the rows that it mends.
///
/// Every row that a write has touched since the triggers came is in sync in every snapshot, so a row that moves from a
/// range not yet read to one already read is not missed.
struct RangeComparison: Sendable {
    let context: RunContext
    let verification: Verification
    /// Where the rows are: the table, or a partition of it.
    let relation: HeapRelation
    /// Reads.
    let session: Session
    /// Writes what must be mended; nil to mend nothing.
    let writer: Session?

    func run(_ range: Range<Int>) async throws -> VerificationResult {
        var result = try await compare(range)
        if result.misfits + result.lossy > 0 {
            result.misfitKeys = try await misfitKeys(range)
        }
        guard result.differences > 0 else { return result }
        var remaining = result.differences
        if let writer {
            (remaining, result.unmendable) = try await mend(range, by: writer)
            result.repaired = max(0, result.differences - remaining)
        }
        if remaining > 0 { result.keys = try await keys(range) }
        return result
    }

    /// Counts a range, again if someone's DDL holds the table just now.
    private func compare(_ range: Range<Int>) async throws -> VerificationResult {
        var failures = 0
        while true {
            do {
                return try await count(range)
            } catch let error as PostgresError where error.isLockTrouble {
                failures += 1
                try await context.beat(waiting: "the table is locked by others")
                try await Task.sleep(for: .milliseconds(min(1000, 20 << min(failures, 6))))
            }
        }
    }

    private func count(_ range: Range<Int>) async throws -> VerificationResult {
        let row = try await session.run(
            """
            SELECT count(*) AS rows, \(rows(with: verification.differs)) AS different,
                   \(rows(with: verification.misfit)) AS misfits, \(rows(with: verification.lossy)) AS lossy
            FROM \(relation.name) AS t WHERE \(Block.condition(range))
            """
        ).rows[0]
        var result = VerificationResult()
        result.rows = try row["rows"]
        result.differences = try row["different"]
        result.misfits = try row["misfits"]
        result.lossy = try row["lossy"]
        return result
    }

    /// What nobody asks costs nothing for each row.
    private func rows(with condition: SQL?) -> SQL {
        condition.map { "count(*) FILTER (WHERE \($0))" } ?? "0::bigint"
    }

    /// Mends a range and waits for rows that others have locked, up to the lock deadline.
    ///
    /// - Returns: how many rows differ still, and how many of them because nothing mends them.
    private func mend(_ range: Range<Int>, by writer: Session) async throws -> (remaining: Int, unmendable: Int) {
        if verification.repair == nil {
            let found = try await compare(range).differences
            return (found, found)
        }
        let start = ContinuousClock.now
        var attempt = 0
        while true {
            let unmendable = try await VerificationRepair(
                context: context,
                verification: verification,
                table: relation.name,
                session: writer
            ).run(range)
            // A row that was updated since it was read has moved, and was healed by that.
            let remaining = try await compare(range).differences
            let waited = (ContinuousClock.now - start).seconds
            if remaining <= unmendable { return (remaining, remaining) }
            if waited > context.lockGuard.policy.deadline { return (remaining, min(remaining, unmendable)) }
            try await context.beat(waiting: "\(Count.text(remaining)) rows that differ are locked by others")
            try await Task.sleep(for: .milliseconds(min(1000, 50 << min(attempt, 5))))
            attempt += 1
        }
    }

    /// Names rows that differ: by primary key where there is one, else by their place.
    private func keys(_ range: Range<Int>) async throws -> [String] {
        try await session.run(
            """
            SELECT \(key) AS key FROM \(relation.name) AS t
            WHERE \(Block.condition(range)) AND \(verification.differs) LIMIT \(VerificationResult.named)
            """
        ).rows.map { named(try $0["key"]) }
    }

    /// Names rows that don't fit, with their values.
    private func misfitKeys(_ range: Range<Int>) async throws -> [String] {
        let unfit = [verification.misfit, verification.lossy].compactMap { $0 }.map { "(\($0))" as SQL }
        return try await session.run(
            """
            SELECT \(key) AS key, left((\(verification.value ?? "NULL"))::text, 100) AS value
            FROM \(relation.name) AS t
            WHERE \(Block.condition(range)) AND (\(SQL.joined(unfit, separator: " OR ")))
            LIMIT \(VerificationResult.named)
            """
        ).rows.map { "\(named(try $0["key"])): '\((try $0["value"] as String?) ?? "")'" }
    }

    private var key: SQL {
        verification.key.isEmpty
            ? "t.ctid::text"
            : "concat_ws(', ', \(SQL.joined(verification.key.map { "t.\($0)::text" as SQL })))"
    }

    /// Names a row: by key, or by place, in a partition with that before it.
    private func named(_ key: String) -> String {
        relation.oid == context.column.tableOID ? key : "\(relation.name): \(key)"
    }
}
