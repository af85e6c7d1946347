import Postgres

/// Goes through lanes, batch by batch, until none is left.
struct BackfillWorker: Sendable {
    let batch: BackfillBatch
    let state: BackfillState
    let session: Session
    /// The longest that a batch may take, in seconds.
    let budget: Double
    /// How long nothing may go through before the run ends, in seconds.
    let deadline: Double

    func run() async throws {
        while let lane = await state.take() {
            var lane = lane
            do {
                try await finish(&lane)
            } catch {
                await state.giveBack(lane)
                throw error
            }
            await state.giveBack(lane)
        }
    }

    private func finish(_ lane: inout BackfillLane) async throws {
        // A stripe of so many blocks has as many rows as one whole block.
        var servo = ChunkServo(target: budget / 2, smallest: lane.order.stripes)
        var failures = Failures()
        while !lane.isDone, await !state.mustStop {
            if await state.mustWait() {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            let pause = await state.untilNextBatch
            guard pause <= 0 else {
                try await Task.sleep(for: .seconds(min(pause, 0.05)))
                continue
            }
            servo.aim(await state.controls.limits, budget: budget)
            let size = failures.rowLimit == nil ? servo.next : 1
            guard let piece = lane.order.piece(at: lane.visited, limit: size) else { return }
            let start = ContinuousClock.now
            guard let (outcome, skipped) = try await attempt(lane, piece, rowLimit: failures.rowLimit) else {
                servo.timedOut()
                failures.batchFailed(blocks: piece.blocks.count)
                try await giveUpIfStuck(failures)
                try await Task.sleep(for: .milliseconds(min(1000, 20 << min(failures.inARow, 6))))
                continue
            }
            guard let outcome else {
                await state.fence()
                return
            }
            if failures.inARow > 0 { await state.setObstacle(nil) }
            let left = lane.blocksLeft
            failures.batchDone(isBlockDone: outcome.visited > lane.visited)
            let seconds = (ContinuousClock.now - start).seconds
            servo.took(
                ChunkServo.Sample(
                    seconds: seconds,
                    commit: seconds - outcome.seconds,
                    blocks: outcome.visited - lane.visited,
                    rows: outcome.rows,
                    wal: outcome.wal
                )
            )
            await state.wrote(outcome.rows, since: start)
            lane.visited = outcome.visited
            await state.batchDone(
                lane,
                rows: outcome.rows,
                work: left - lane.blocksLeft,
                skippedLocked: skipped,
                controls: outcome.controls
            )
        }
    }

    /// Tells what is in the way, and ends the run if it stays there.
    private func giveUpIfStuck(_ failures: Failures) async throws {
        guard failures.inARow >= 5 else { return }
        let limit = failures.rowLimit.map { "\($0) row\($0 == 1 ? "" : "s")" } ?? "one block"
        let obstacle = "a batch of \(limit) takes longer than \(Int(budget * 1000)) ms, or the table is locked"
        await state.setObstacle(obstacle)
        guard failures.seconds > deadline else { return }
        throw OnlineChange.Failure(
            .notNow,
            "the backfill gets no further: \(obstacle)",
            left: "What was committed stands, and the position with it.",
            next: "Look at the table's triggers and indexes and at who locks it; --lock-timeout allows longer batches."
        )
    }

    /// One batch: waiting for locked rows a little, and without them where that took too long. Nil if even that did.
    private func attempt(
        _ lane: BackfillLane,
        _ piece: DiagonalOrder.Piece,
        rowLimit: Int?
    ) async throws -> (BackfillBatch.Outcome?, Bool)? {
        for locked in rowLimit.map({ [.few($0)] }) ?? [BackfillBatch.LockedRows.waitedFor, .skipped] {
            do {
                let outcome = try await batch.run(lane, piece, locked: locked, on: session)
                if case .waitedFor = locked { return (outcome, false) }
                return (outcome, true)
            } catch let error as PostgresError where error.state == .undefinedTable {
                // A partition that was dropped or renamed: what there is now is read again.
                return (nil, false)
            } catch let error as PostgresError where error.isLockTrouble {
                // Out of time without a lock in the way: as many rows would run out of it again.
                if error.state == .queryCanceled, piece.blocks.count > 1 { return nil }
            }
        }
        return nil
    }

    /// Batches that ran out of time one after another, and what follows for the next one. Pure.
    struct Failures {
        private(set) var inARow = 0
        /// How many rows a batch may take when a whole block takes too long.
        private(set) var rowLimit: Int?
        private var since: ContinuousClock.Instant?

        /// For how long nothing has gone through, in seconds.
        var seconds: Double { since.map { (ContinuousClock.now - $0).seconds } ?? 0 }

        mutating func batchFailed(blocks: Int) {
            since = since ?? .now
            inARow += 1
            if blocks == 1 { rowLimit = max(1, (rowLimit ?? 32) / 2) }
        }

        mutating func batchDone(isBlockDone: Bool) {
            inARow = 0
            since = nil
            guard isBlockDone, let limit = rowLimit else { return }
            rowLimit = limit < 64 ? limit * 2 : nil
        }
    }
}
