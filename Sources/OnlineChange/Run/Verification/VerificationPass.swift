import Postgres

/// What one pass over the whole table found.
public struct VerificationResult: Hashable, Sendable {
    /// Rows compared.
    public var rows = 0
    /// Rows that differed when they were read.
    public var differences = 0
    /// Of these, rows that were mended.
    public var repaired = 0
    /// Rows that differ still although they were written: what mends rows does not mend them.
    public var unmendable = 0
    /// Keys of rows that still differ, 20 at most.
    public var keys: [String] = []
    /// Rows whose value the other column's type can't hold.
    public var misfits = 0
    /// Rows whose value is not the same once it has been converted and back.
    public var lossy = 0
    /// Keys and values of such rows, 20 at most.
    public var misfitKeys: [String] = []

    /// Rows that differ still.
    public var remaining: Int { differences - repaired }

    /// Adds what was found in another part of the table.
    mutating func add(_ other: VerificationResult) {
        rows += other.rows
        differences += other.differences
        repaired += other.repaired
        unmendable += other.unmendable
        misfits += other.misfits
        lossy += other.lossy
        keys = Array((keys + other.keys).prefix(20))
        misfitKeys = Array((misfitKeys + other.misfitKeys).prefix(20))
    }
}

/// Reads a table, or one of its partitions, once, in ranges short enough not to hold back vacuum, and compares the two columns.
///
/// It locks nothing. Every row that a write has touched since the triggers came is in sync in every snapshot, so a row
/// that moves from a range not yet read to one already read is not missed.
struct VerificationPass: Sendable {
    let context: RunContext
    let verification: Verification
    /// Where the rows are.
    let relation: HeapRelation
    /// Reads.
    let session: Session
    /// Writes what must be mended.
    let writer: Session
    let repairs: Bool
    /// What of the whole table came before this one.
    let progress: Progress

    /// How far a comparison of several relations is.
    struct Progress: Sendable {
        let blocks: Int
        let rows: Int
        /// Blocks of all of them.
        let total: Int
    }

    /// What became of a pass.
    enum Outcome: Sendable {
        case compared(VerificationResult)
        /// The heap lies in another file than when it began, so that rows may have been missed.
        case rewritten
        /// The partition was dropped.
        case gone
    }

    /// Time in seconds that reading one range should take.
    private static let rangeTime = 0.1

    /// Runs the pass.
    func run() async throws -> Outcome {
        do {
            return try await compareAll()
        } catch let error as PostgresError where error.state == .undefinedTable {
            // The table itself, or the ledger, is missed by whoever asks next.
            return relation.oid == context.plan.tableOID ? .rewritten : .gone
        }
    }

    private func compareAll() async throws -> Outcome {
        var result = VerificationResult()
        var servo = ChunkServo(target: Self.rangeTime, first: 128, limit: 65536)
        var pace = Pace()
        var lastLook = ContinuousClock.now - .seconds(60)
        guard let (filenode, blocks) = try await extent() else { return .gone }
        var block = 0
        // Up to the size that the heap has now: later rows were written by statements that the triggers saw, and rows
        // that a write has moved there were healed by it.
        while block < blocks {
            if ContinuousClock.now - lastLook >= .milliseconds(500) {
                lastLook = .now
                try await holdWhilePaused()
                let done = progress.blocks + block
                let fraction = Double(done) / Double(max(progress.total, done + 1))
                let rows = progress.rows + result.rows
                if let sign = pace.progress("compare", fraction, rows: rows, isHeld: false), done > 0 {
                    await context.report(.progress(sign))
                }
            }
            let range = block..<min(blocks, block + servo.next)
            let start = ContinuousClock.now
            let found = try await compare(range)
            servo.took((ContinuousClock.now - start).seconds, blocks: range.count)
            result.rows += found.rows
            result.differences += found.different
            result.misfits += found.misfits
            result.lossy += found.lossy
            if found.misfits + found.lossy > 0, result.misfitKeys.count < 20 {
                result.misfitKeys += try await misfitKeys(range, limit: 20 - result.misfitKeys.count)
            }
            if found.different > 0 {
                let (remaining, unmendable) = repairs ? try await repair(range) : (found.different, 0)
                result.repaired += max(0, found.different - remaining)
                result.unmendable += unmendable
                if remaining > 0, result.keys.count < 20 {
                    result.keys += try await keys(range, limit: 20 - result.keys.count)
                }
            }
            block = range.upperBound
        }
        return try await extent()?.filenode == filenode ? .compared(result) : .rewritten
    }

    private func extent() async throws -> (filenode: UInt32, blocks: Int)? {
        let row = try await session.run(
            """
            SELECT pg_relation_filenode(\(relation.oid)::oid) AS filenode,
                   pg_relation_size(\(relation.oid)::oid) / current_setting('block_size')::int AS blocks
            """
        ).rows[0]
        guard let filenode: UInt32 = try row["filenode"], let blocks: Int = try row["blocks"] else { return nil }
        return (filenode, blocks)
    }

    /// Names a row: by key, or by place, in a partition with that before it.
    private func named(_ key: String) -> String {
        relation.oid == context.plan.tableOID ? key : "\(relation.name): \(key)"
    }

    /// Counts a range, again if someone's DDL holds the table just now.
    private func compare(_ range: Range<Int>) async throws -> Found {
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

    private struct Found {
        let rows: Int
        let different: Int
        let misfits: Int
        let lossy: Int
    }

    private func count(_ range: Range<Int>) async throws -> Found {
        let row = try await session.run(
            """
            SELECT count(*) AS rows, count(*) FILTER (WHERE \(verification.differs)) AS different,
                   count(*) FILTER (WHERE \(verification.misfit ?? "false")) AS misfits,
                   count(*) FILTER (WHERE \(verification.lossy ?? "false")) AS lossy
            FROM \(relation.name) AS t WHERE \(Block.condition(range))
            """
        ).rows[0]
        return Found(
            rows: try row["rows"],
            different: try row["different"],
            misfits: try row["misfits"],
            lossy: try row["lossy"]
        )
    }

    /// Names rows that don't fit, with their values.
    private func misfitKeys(_ range: Range<Int>, limit: Int) async throws -> [String] {
        let unfit = [verification.misfit, verification.lossy].compactMap { $0 }.map { "(\($0))" as SQL }
        return try await session.run(
            """
            SELECT \(key) AS key, left((\(verification.value ?? "NULL"))::text, 100) AS value
            FROM \(relation.name) AS t
            WHERE \(Block.condition(range)) AND (\(SQL.joined(unfit, separator: " OR "))) LIMIT \(limit)
            """
        ).rows.map { "\(named(try $0["key"])): '\((try $0["value"] as String?) ?? "")'" }
    }

    private var key: SQL {
        verification.key.isEmpty
            ? "t.ctid::text"
            : "concat_ws(', ', \(SQL.joined(verification.key.map { "t.\($0)::text" as SQL })))"
    }

    /// Mends a range and waits for rows that others have locked, up to the lock deadline.
    ///
    /// - Returns: how many rows differ still, and how many of them because nothing mends them.
    private func repair(_ range: Range<Int>) async throws -> (remaining: Int, unmendable: Int) {
        if verification.repair == nil {
            let found = try await compare(range).different
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
            let remaining = try await compare(range).different
            let waited = (ContinuousClock.now - start).seconds
            if remaining <= unmendable { return (remaining, remaining) }
            if waited > context.lockGuard.policy.deadline { return (remaining, min(remaining, unmendable)) }
            try await context.beat(waiting: "\(remaining) rows that differ are locked by others")
            try await Task.sleep(for: .milliseconds(min(1000, 50 << min(attempt, 5))))
            attempt += 1
        }
    }

    /// Names rows that differ: by primary key where there is one, else by their place.
    private func keys(_ range: Range<Int>, limit: Int) async throws -> [String] {
        try await session.run(
            """
            SELECT \(key) AS key FROM \(relation.name) AS t
            WHERE \(Block.condition(range)) AND \(verification.differs) LIMIT \(limit)
            """
        ).rows.map { named(try $0["key"]) }
    }

    private func holdWhilePaused() async throws {
        var isHeld = false
        while true {
            let controls = try await context.ledger.reload(context.change.id).controls
            guard controls.isPaused else { break }
            if !isHeld { await context.report(.throttled(reasons: ["paused"])) }
            isHeld = true
            try await context.beat(waiting: "paused")
            try await Task.sleep(for: .milliseconds(500))
        }
        if isHeld { await context.report(.released) }
        try await context.beat(waiting: nil)
    }
}
