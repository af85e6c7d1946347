import Postgres

/// Goes through windows, batch by batch, until none is left.
struct BackfillWorker: Sendable {
    let batch: BackfillBatch
    let state: BackfillState
    let session: Session
    /// The longest that a batch may take, in seconds.
    let budget: Double

    func run() async throws {
        while let window = await state.take() {
            var window = window
            do {
                try await finish(&window)
            } catch {
                await state.giveBack(window)
                throw error
            }
            await state.giveBack(window)
        }
    }

    private func finish(_ window: inout BlockWindow) async throws {
        var servo = ChunkServo(target: target(await state.controls))
        var failures = 0
        while window.next < window.end, await !state.mustStop {
            if await !state.heldBack.isEmpty {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            servo.target = target(await state.controls)
            let blocks = window.next..<min(window.end, window.next + servo.next)
            let start = ContinuousClock.now
            guard let (outcome, skipped) = try await attempt(window.number, blocks) else {
                failures += 1
                servo.timedOut()
                try await Task.sleep(for: .milliseconds(min(1000, 20 << min(failures, 6))))
                continue
            }
            guard let outcome else {
                await state.fence()
                return
            }
            failures = 0
            servo.took((ContinuousClock.now - start).seconds, blocks: blocks.count)
            window.next = blocks.upperBound
            await state.batchDone(
                rows: outcome.rows,
                blocks: blocks.count,
                skippedLocked: skipped,
                controls: outcome.controls
            )
        }
    }

    /// One batch: waiting for locked rows a little, and without them where that took too long. Nil if even that did.
    private func attempt(_ window: Int, _ blocks: Range<Int>) async throws -> (BackfillBatch.Outcome?, Bool)? {
        for locked in [BackfillBatch.LockedRows.waitedFor, .skipped] {
            do {
                let outcome = try await batch.run(window: window, blocks: blocks, locked: locked, on: session)
                return (outcome, locked == .skipped)
            } catch let error as PostgresError where error.isLockTrouble {
                // Out of time without a lock in the way: as many rows would run out of it again.
                if error.state == .queryCanceled, blocks.count > 1 { return nil }
            }
        }
        return nil
    }

    private func target(_ controls: Controls) -> Double {
        min(Double(controls.batchTime) / 1000, budget / 2)
    }
}
