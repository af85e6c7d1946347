import Postgres

/// Compares the whole table, mends what differs, and writes down what `swap` asks for.
struct VerificationRun: Sendable {
    let context: RunContext
    let verification: Verification

    /// Passes at the most: one that mends, one that finds nothing, and some for rows that were locked.
    private static let passes = 5

    /// Compares until a pass finds nothing.
    ///
    /// - Throws: `Failure` of kind `data` if rows differ that can't be mended.
    func untilClean() async throws {
        let next = "online-change verify \(context.change.name) --repair"
        let wording = verification.wording ?? .columns
        for _ in 0..<Self.passes {
            let result = try await once(repairing: true)
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
    @discardableResult
    func once(repairing: Bool) async throws -> VerificationResult {
        let session = try await context.openWorker(budget: 60)
        let writer = try await context.openWorker(budget: context.batchBudget)
        defer {
            Task {
                await session.close()
                await writer.close()
            }
        }
        while true {
            let begun: String = try await context.session.value("SELECT clock_timestamp()::text")
            let marks = try await TriggerMarks.read(verification, tableOID: context.plan.tableOID, context.session)
            let pass = VerificationPass(
                context: context,
                verification: verification,
                session: session,
                writer: writer,
                repairs: repairing
            )
            guard let result = try await pass.run() else {
                await context.report(.notice("the table was rewritten meanwhile: the comparison starts over"))
                continue
            }
            try await note(result, begun: begun, marks: marks)
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

    private func note(_ result: VerificationResult, begun: String, marks: String) async throws {
        try await context.session.run(
            """
            INSERT INTO online_change.verification (change_id, begun_at, rows, differences, repaired, unfit, triggers, horizon)
            VALUES (\(context.change.id), \(begun)::timestamptz, \(result.rows), \(result.differences),
                    \(result.repaired), \(result.unfit(verification) == nil ? 0 : result.misfits + result.lossy), \(marks), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
            """
        )
    }
}

extension VerificationResult {
    /// What the other column can't hold, in words; nil if it can hold everything or the loss is allowed.
    func unfit(_ verification: Verification) -> String? {
        var reasons: [String] = []
        if misfits > 0 {
            reasons.append("\(Count.text(misfits)) row\(misfits == 1 ? " doesn't" : "s don't") fit the other type")
        }
        if lossy > 0, !verification.toleratesLoss {
            reasons.append("\(Count.text(lossy)) value\(lossy == 1 ? "" : "s") would change by the conversion")
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: ", ")
    }
}

/// The rows of pg_trigger that our triggers are: disabling and enabling one, or dropping and creating it, makes another.
enum TriggerMarks {
    static func read(_ verification: Verification, tableOID: UInt32, _ session: Session) async throws -> String {
        try await session.value(Query(expression(verification, tableOID: tableOID)))
    }

    /// A statement that fails with `SQLState.assertionFailed` if the rows are others than `marks`.
    static func assertion(_ marks: String, _ verification: Verification, tableOID: UInt32) -> SQL {
        let body: SQL = """
            BEGIN
              IF (\(expression(verification, tableOID: tableOID))) IS DISTINCT FROM \(literal: marks) THEN
                RAISE EXCEPTION USING ERRCODE = \(literal: SQLState.assertionFailed.code);
              END IF;
            END
            """
        return "DO LANGUAGE plpgsql \(literal: body.text)"
    }

    private static func expression(_ verification: Verification, tableOID: UInt32) -> SQL {
        let names =
            verification.triggers.isEmpty ? "NULL" : SQL.joined(verification.triggers.map { "\(literal: $0.name)" })
        return """
            SELECT coalesce(string_agg(format('%s %s %s %s', tgname, oid, xmin, tgenabled), chr(10) ORDER BY tgname), '')
            FROM pg_catalog.pg_trigger WHERE tgrelid = \(tableOID)::oid AND tgname IN (\(names))
            """
    }
}

extension SQLState {
    /// Something that was looked at before a lock was asked for no longer held once it was there.
    static let assertionFailed: SQLState = "OC001"
}
