import Postgres

/// Reads a table, or one of its partitions, once, by several workers in ranges short enough not to hold back vacuum,
/// and compares the two columns.
struct VerificationPass: Sendable {
    let context: RunContext
    let verification: Verification
    let part: VerificationLedger.Part
    /// What is left of it.
    let extent: VerificationExtent
    let ledger: VerificationLedger
    /// Whose sessions the first worker has.
    let first: VerificationSessions
    /// What of the whole table came before this one.
    let progress: Progress
    /// Says what holds it back.
    let watch: ThrottleWatch
    /// Keeps how it went.
    let samples: SampleKeeper

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

    private var relation: HeapRelation { part.relation }

    func run() async throws -> Outcome {
        do {
            let state = VerificationState(
                extent,
                controls: try await controls(),
                suitedWorkers: context.facts.suitedWorkers
            )
            try await drain(state)
            try await ledger.note(part, await state.extent)
            return try await filenode() == relation.filenode ? .compared(await state.extent.result) : .rewritten
        } catch let error as PostgresError where error.state == .undefinedTable {
            // The table itself, or the ledger, is missed by whoever asks next.
            return relation.oid == context.column.tableOID ? .rewritten : .gone
        }
    }

    private func drain(_ state: VerificationState) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var pace = Pace()
            var lastLook = ContinuousClock.now - .seconds(60)
            var held: [HeldBack] = []
            while await !state.isOver {
                while await state.wantsWorker {
                    let isFirst = await state.workerBegins()
                    group.addTask { await work(state, isFirst: isFirst) }
                }
                if ContinuousClock.now - lastLook >= .milliseconds(500) {
                    lastLook = .now
                    held = try await look(state, wasHeld: held)
                    await report(state, &pace, isHeld: !held.isEmpty)
                    await samples.note(counters(state, held))
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            if let failure = await state.failure { throw failure }
            await samples.note(counters(state, held), isEnd: true)
            if !held.isEmpty { await context.report(.released) }
        }
    }

    /// Reads controls and signals, tells the workers, and writes down how far we are. Returns what holds the pass back.
    private func look(_ state: VerificationState, wasHeld: [HeldBack]) async throws -> [HeldBack] {
        let controls = try await controls()
        let held = try await watch.look(controls, ours: [], among: Throttle.forReading)
        await state.adopt(controls, isHeld: !held.isEmpty)
        if held.signals != wasHeld.signals {
            await context.report(held.isEmpty ? .released : .throttled(reasons: held.reasons))
        }
        try await context.beat(waiting: held.isEmpty ? nil : held.reasons.joined(separator: "; "), held: held)
        let extent = await state.extent
        if extent.done > 0 { try await ledger.note(part, extent) }
        return held
    }

    private func report(_ state: VerificationState, _ pace: inout Pace, isHeld: Bool) async {
        let (done, fraction, rows) = await place(state)
        guard let sign = pace.progress(context.naming("compare"), fraction, rows: rows, isHeld: isHeld), done > 0 else {
            return
        }
        await context.report(.progress(sign))
    }

    /// Blocks, the part of all and rows that have been read.
    private func place(_ state: VerificationState) async -> (blocks: Int, fraction: Double, rows: Int) {
        let read = await state.extent.read
        let done = progress.blocks + read.blocks
        return (done, Double(done) / Double(max(progress.total, done + 1)), progress.rows + read.rows)
    }

    private func counters(_ state: VerificationState, _ held: [HeldBack]) async -> SampleMeter.Counters {
        let (_, fraction, rows) = await place(state)
        return SampleMeter.Counters(
            rows: rows,
            batches: await state.ranges,
            busy: await state.busy,
            fraction: fraction,
            workers: await state.running,
            held: held.signals
        ).seeing(await watch.seen)
    }

    private func work(_ state: VerificationState, isFirst: Bool) async {
        var failure: (any Error)?
        do {
            let repairing = first.writer != nil
            let sessions = isFirst ? first : try await VerificationSessions.open(context, repairing: repairing)
            do {
                try await compare(state, sessions)
            } catch {
                failure = error
            }
            if !isFirst { await sessions.close() }
        } catch {
            failure = error
        }
        await state.workerEnds(error: failure)
    }

    private func compare(_ state: VerificationState, _ sessions: VerificationSessions) async throws {
        let comparison = RangeComparison(
            context: context,
            verification: verification,
            relation: relation,
            session: sessions.reader,
            writer: sessions.writer
        )
        var servo = ChunkServo(target: Self.rangeTime, first: 128, limit: 65536)
        while let range = await state.take(servo.next) {
            let start = ContinuousClock.now
            let found = try await comparison.run(range)
            let seconds = (ContinuousClock.now - start).seconds
            servo.took(seconds, blocks: range.count)
            await state.finish(range, found, seconds: seconds)
        }
    }

    private func controls() async throws -> Controls {
        try await context.ledger.reload(context.change.id).controls
    }

    private func filenode() async throws -> UInt32? {
        try await context.session.value("SELECT pg_relation_filenode(\(relation.oid)::oid)")
    }
}

/// The sessions of one who compares.
struct VerificationSessions: Sendable {
    /// Reads.
    let reader: Session
    /// Writes what must be mended; nil to mend nothing.
    let writer: Session?

    static func open(_ context: RunContext, repairing: Bool) async throws -> VerificationSessions {
        let reader = try await context.openWorker(budget: 60)
        do {
            let writer = repairing ? try await context.openWorker(budget: context.batchBudget) : nil
            return VerificationSessions(reader: reader, writer: writer)
        } catch {
            await reader.close()
            throw error
        }
    }

    func close() async {
        await reader.close()
        await writer?.close()
    }
}
