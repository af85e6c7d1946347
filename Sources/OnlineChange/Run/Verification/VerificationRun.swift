import Postgres

/// Compares the whole table, mends what differs, and writes down what `swap` asks for.
struct VerificationRun: Sendable {
    let context: RunContext
    let verification: Verification
    /// The step's place in the plan; 0 where it is none.
    var position = 0

    /// Passes at the most: one that mends, one that finds nothing, and some for rows that were locked.
    private static let passes = 5

    /// Compares until a pass finds nothing.
    ///
    /// - Throws: `Failure` of kind `data` if rows differ that can't be mended.
    ///
    /// - Parameter standing: as for `once`.
    func untilClean(beside standing: TriggerMarks = TriggerMarks()) async throws {
        let next = "online-change verify \(ShellWord(context.change.name)) --repair"
        let wording = verification.wording ?? .columns
        for _ in 0..<Self.passes {
            let result = try await once(repairing: true, beside: standing)
            if result.differences == 0 { return try requireFit(result) }
            let keys = result.keys.joined(separator: " | ")
            guard result.unmendable == 0 else {
                throw Failure(
                    .data,
                    "\(Count.text(result.unmendable)) \(wording.verdict), and \(wording.reason): \(keys)",
                    left: wording.left,
                    next: wording.remedy ?? next
                )
            }
            guard result.remaining == 0 else {
                throw Failure(
                    .notNow,
                    "\(Count.text(result.remaining)) \(wording.found) are locked by others: \(keys)",
                    left: wording.left,
                    next: "Run the same command again when they are free."
                )
            }
        }
        throw Failure(
            .data,
            "\(wording.verdict) again and again: the last of \(Self.passes) comparisons still found some",
            left: wording.left,
            next: next
        )
    }

    /// Refuses while rows stand that would be lost, or be another value, in the other column.
    private func requireFit(_ result: VerificationResult) throws {
        guard let reason = result.unfit(verification) else { return }
        throw Failure(
            .data,
            "\(reason):\n  " + result.misfitKeys.joined(separator: "\n  "),
            left: "Both columns stand, and everything else is in sync.",
            next: "Mend these rows (UPDATE), then run the same command again."
                + (result.misfits == 0 ? " If the loss is meant, roll back and start again with --allow-lossy." : "")
        )
    }

    /// Looks that every value can be held by the other column too, before it becomes the one that counts.
    func mustFit() async throws {
        guard verification.misfit != nil || verification.lossy != nil else { return }
        let result = try await once(repairing: true)
        guard let reason = result.unfit(verification) else { return }
        throw Failure(
            .data,
            "\(reason), so going back would lose them:\n  " + result.misfitKeys.joined(separator: "\n  "),
            left: "Nothing was changed.",
            next: "Mend these rows (UPDATE), then run the same command again; or go on to drop."
        )
    }

    /// One pass over the whole table, noted in the ledger.
    ///
    /// - Parameter standing: what a former pass found in order; only partitions that it doesn't know are compared.
    @discardableResult
    func once(repairing: Bool, beside standing: TriggerMarks = TriggerMarks()) async throws -> VerificationResult {
        let sessions = try await VerificationSessions.open(context, repairing: repairing)
        let watch = context.throttleWatch()
        let samples = SampleKeeper(context, .compare, position: position)
        let outcome: Result<VerificationResult, any Error>
        do {
            outcome = .success(try await pass(repairing: repairing, beside: standing, sessions, watch, samples))
        } catch {
            outcome = .failure(error)
        }
        await watch.close()
        await sessions.close()
        return try outcome.get()
    }

    private func pass(
        repairing: Bool,
        beside standing: TriggerMarks,
        _ sessions: VerificationSessions,
        _ watch: ThrottleWatch,
        _ samples: SampleKeeper
    ) async throws -> VerificationResult {
        let ledger = VerificationLedger(context: context, verification: verification, repairs: repairing)
        let begun: String = try await context.session.value("SELECT clock_timestamp()::text")
        var marks = standing
        var result = VerificationResult()
        var compared = standing.relations
        var goesOn = false
        while true {
            // Before the rows: what is done to a trigger from here on shows.
            marks.add(try await TriggerMarks.read(verification, tableOID: context.column.tableOID, context.session))
            let all = try await HeapRelation.all(of: context.column.tableOID, on: context.session)
            let left = all.filter { !compared.contains($0.oid) && marks.relations.contains($0.oid) }
            guard !left.isEmpty else { break }
            let total = left.reduce(0) { $0 + $1.blocks }
            var before = 0
            for relation in left {
                let part = VerificationLedger.Part(relation: relation, marks: marks.text(of: relation.oid))
                let extent = try await ledger.begin(part)
                if extent.done > 0, !goesOn {
                    goesOn = true
                    await context.report(.notice("the comparison goes on where it stopped"))
                }
                let pass = VerificationPass(
                    context: context,
                    verification: verification,
                    part: part,
                    extent: extent,
                    ledger: ledger,
                    first: sessions,
                    progress: VerificationPass.Progress(blocks: before, rows: result.rows, total: total),
                    watch: watch,
                    samples: samples
                )
                switch try await pass.run() {
                case .compared(let found):
                    result.add(found)
                    compared.insert(relation.oid)
                case .rewritten:
                    let what = relation.oid == context.column.tableOID ? "the table" : "partition \(relation.name)"
                    await context.report(.notice("\(what) was rewritten meanwhile: the comparison starts over"))
                case .gone:
                    break
                }
                before += relation.blocks
            }
        }
        try await ledger.end(
            result,
            begun: begun,
            marks: marks.text,
            unfit: result.unfit(verification) == nil ? 0 : result.misfits + result.lossy
        )
        await context.report(
            .verified(rows: result.rows, differences: result.differences, repaired: result.repaired)
        )
        if let reason = result.unfit(verification) {
            await context.report(.notice("\(reason): \(result.misfitKeys.joined(separator: " | "))"))
        }
        if !result.keys.isEmpty {
            await context.report(
                .notice("\(verification.wording?.found ?? "these differ"): \(result.keys.joined(separator: " | "))")
            )
        }
        return result
    }
}
