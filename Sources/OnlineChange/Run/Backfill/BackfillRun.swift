import Postgres

/// Brings a backfill step to its end: lanes, workers, vacuums, throttle, heartbeat, progress.
struct BackfillRun: Sendable {
    let context: RunContext
    let backfill: Backfill
    let position: Int

    /// Runs until every lane is done.
    func run() async throws {
        let watch = context.throttleWatch()
        do {
            try await run(watch)
        } catch {
            await watch.close()
            throw error
        }
        await watch.close()
    }

    private func run(_ watch: ThrottleWatch) async throws {
        let ledger = BackfillLedger(session: context.session, change: context.change.id, position: position)
        while true {
            let relations = try await HeapRelation.all(of: context.column.tableOID, on: context.session)
            let found = try await ledger.lanes(of: relations, stripes: backfill.striping.count)
            if found.goesOn {
                await context.report(.notice("the backfill goes on where it stopped"))
            }
            for relation in found.rewritten {
                let what = relation.oid == context.column.tableOID ? "the table" : "partition \(relation.name)"
                await context.report(.notice("\(what) was rewritten meanwhile: the backfill starts over"))
            }
            try await measures.begin(isRewritten: !found.rewritten.isEmpty)
            let controls = try await context.ledger.reload(context.change.id).controls
            let longest = Int(context.batchBudget * 500)
            if controls.limits.batchTime * 1000 > Double(longest) {
                await context.report(
                    .notice(
                        "batches are held to \(longest) ms, so that no application waits longer than the lock timeout"
                    )
                )
            }
            let state = BackfillState(
                lanes: found.lanes,
                controls: controls,
                suitedWorkers: context.facts.suitedWorkers
            )
            try await drain(state, watch)
            if await state.skippedBatches > 0 {
                await context.report(
                    .notice("\(await state.skippedBatches) batches met locked rows and left them to the comparison")
                )
            }
            guard await state.isFenced else { return try await measures.end() }
            // Taken over, rewritten, or a batch of a lost session had moved the position after all: the ledger knows.
            try await context.beat(waiting: nil)
        }
    }

    private var measures: BackfillMeasures {
        BackfillMeasures(
            session: context.session,
            change: context.change.id,
            position: position,
            table: context.plan.tableOID
        )
    }

    private func drain(_ state: BackfillState, _ watch: ThrottleWatch) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var pace = Pace()
            var lastBeat = ContinuousClock.now - .seconds(60)
            var wasHeld: [HeldBack]?
            let samples = SampleKeeper(context, .backfill, position: position)
            while await !state.isOver {
                if let failure = await state.failure { throw failure }
                while await state.wantsWorker {
                    await state.workerBegins()
                    group.addTask { await work(state) }
                }
                if let relation = await state.takeVacuum() {
                    group.addTask {
                        await BackfillVacuum(context: context, relation: relation).run()
                        await state.vacuumEnds()
                    }
                }
                let now = ContinuousClock.now
                if now - lastBeat >= .milliseconds(500) {
                    // Neither what was held back nor what lies between two runs is time that the work takes.
                    let worked = wasHeld?.isEmpty == true ? (now - lastBeat).seconds : 0
                    lastBeat = now
                    let held = try await look(state, watch)
                    if worked > 0 { try await measures.worked(worked) }
                    if held.signals != (wasHeld ?? []).signals {
                        await context.report(held.isEmpty ? .released : .throttled(reasons: held.reasons))
                    }
                    wasHeld = held
                    await samples.note(state.counters(held, watch.seen))
                    if let progress = await pace.progress(
                        context.naming("backfill"),
                        state.fraction,
                        rows: state.rows,
                        isHeld: !held.isEmpty
                    ) {
                        await context.report(.progress(progress))
                    }
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            if let failure = await state.failure { throw failure }
            await samples.note(state.counters([], watch.seen), isEnd: true)
            if let progress = await pace.progress(
                context.naming("backfill"),
                state.fraction,
                rows: state.rows,
                isHeld: false
            ) {
                await context.report(.progress(progress))
            }
        }
    }

    /// Reads controls and signals, tells the workers, and shows that we are alive.
    private func look(_ state: BackfillState, _ watch: ThrottleWatch) async throws -> [HeldBack] {
        let controls = try await context.ledger.reload(context.change.id).controls
        await state.adopt(controls)
        let held = try await watch.look(controls, ours: await state.workerBackends) { try await measures.growth() }
        await state.hold(held.signals)
        let waiting = held.reasons + [await state.obstacle, await state.lastVacuum].compactMap { $0 }
        let start = ContinuousClock.now
        // How long it takes tells how an application's commits fare; behind a standby that is away it would take for ever.
        try await context.beat(
            waiting: waiting.isEmpty ? nil : waiting.joined(separator: "; "),
            held: held,
            isDurable: !held.signals.contains(Throttle.Signal.replicationLag.rawValue)
        )
        await watch.committed(in: (ContinuousClock.now - start).seconds)
        return held
    }

    private func work(_ state: BackfillState) async {
        var session: Session?
        var backend: Int?
        var failure: (any Error)?
        do {
            let budget = context.batchBudget
            let opened = try await context.openWorker(budget: budget)
            session = opened
            let pid: Int = try await opened.value("SELECT pg_backend_pid()")
            backend = pid
            await state.workerConnected(pid)
            let batch = BackfillBatch(
                backfill: backfill,
                change: context.change.id,
                epoch: context.epoch,
                position: position
            )
            let deadline = context.lockGuard.policy.deadline
            try await BackfillWorker(batch: batch, state: state, session: opened, budget: budget, deadline: deadline)
                .run()
        } catch {
            failure = error
        }
        await session?.close()
        await state.workerEnds(backend, error: failure)
    }
}
