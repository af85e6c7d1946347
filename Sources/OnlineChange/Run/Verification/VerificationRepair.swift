import Postgres

/// Mends the rows of a range that differ, in batches as short as the backfill's: an application may wait for them.
struct VerificationRepair: Sendable {
    let context: RunContext
    let verification: Verification
    /// Where the rows are: the table, or a partition of it.
    let table: QualifiedName
    let session: Session

    /// Mends what isn't locked by others.
    ///
    /// - Returns: how many rows were written and differ all the same.
    func run(_ range: Range<Int>) async throws -> Int {
        guard let repair = verification.repair else { return 0 }
        var unmendable = 0
        var servo = ChunkServo(target: min(0.025, context.batchBudget / 2), first: 4)
        var block = range.lowerBound
        var failures = 0
        while block < range.upperBound {
            let blocks = block..<min(range.upperBound, block + servo.next)
            let start = ContinuousClock.now
            do {
                unmendable += try await session.run(statement(blocks, repair)).rows[0]["unmendable"]
                servo.took((ContinuousClock.now - start).seconds, blocks: blocks.count)
                failures = 0
            } catch let error as PostgresError where error.isLockTrouble {
                servo.timedOut()
                failures += 1
                // What can't be mended in time even block by block is left to the next attempt.
                guard failures < 20 else { return unmendable }
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            block = blocks.upperBound
        }
        return unmendable
    }

    private func statement(_ blocks: Range<Int>, _ repair: SQL) -> Query {
        """
        WITH free AS MATERIALIZED (SELECT t.ctid AS online_change_place FROM \(table) AS t
          WHERE \(Block.condition(blocks)) AND \(verification.differs) FOR NO KEY UPDATE SKIP LOCKED),
        mended AS (UPDATE \(table) AS t SET \(repair) FROM free WHERE t.ctid = free.online_change_place
          AND (SELECT c.epoch FROM online_change.change c WHERE c.id = \(context.change.id)) = \(context.epoch)
          RETURNING (\(verification.differs)) AS online_change_differs)
        SELECT count(*) FILTER (WHERE online_change_differs) AS unmendable FROM mended
        """
    }
}
