import Postgres

extension ReportDocument {
    /// Reads what there is to tell about a change; touches nothing.
    ///
    /// - Throws: `Failure.refused` if there is no such change.
    public static func read(_ parameters: ConnectionParameters, change: String) async throws -> ReportDocument {
        let session = try await Session.open(parameters)
        do {
            var document = try await read(session, change: change)
            await session.close()
            if document.status.legacyWrites != nil {
                // Whoever may not see all of it still gets the rest of the report.
                let found = try? await Evidence.read(parameters, Evidence.Request(change: "\(document.status.number)"))
                document.found =
                    found?.summary.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.map(String.init) ?? []
            }
            return document
        } catch {
            await session.close()
            throw error
        }
    }

    /// The same by a session that is kept, without what `evidence` finds, which costs the server more.
    public static func read(_ session: Session, change reference: String) async throws -> ReportDocument {
        let status = try await ChangeStatus.read(session, change: reference)[0]
        let record = try await Ledger(session: session).reload(status.number)
        let plan = record.plan
        let audit = try await audit(record.id, session)
        let samples = SampleLedger(session: session, change: record.id)
        let now: String = try await session.value(
            "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS TZ')"
        )
        return ReportDocument(
            status: status,
            recipe: plan.recipe,
            arguments: plan.arguments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" },
            made: "\(now), by online-change \(Version.current)",
            phases: try await phases(record, status, audit, session),
            locks: locks(plan),
            comparisons: try await comparisons(record, session),
            backfill: try await samples.whole(.backfill),
            compare: try await samples.whole(.compare),
            audit: audit.map(\.line)
        )
    }

    private struct Audited {
        let line: AuditLine
        let waited: Double?
        let retries: Int?
    }

    private static func audit(_ change: Int, _ session: Session) async throws -> [Audited] {
        try await session.run(
            """
            SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS TZ') AS at, actor, origin, what, statements, waited, retries
            FROM online_change.audit WHERE change_id = \(change) ORDER BY id
            """
        ).rows.map { row in
            Audited(
                line: AuditLine(
                    at: try row["at"],
                    actor: try row["actor"],
                    origin: try row["origin"],
                    what: try row["what"],
                    statements: try row["statements"]
                ),
                waited: try row["waited"],
                retries: try row["retries"]
            )
        }
    }

    private static func phases(
        _ record: ChangeRecord,
        _ status: ChangeStatus,
        _ audit: [Audited],
        _ session: Session
    ) async throws -> [Phase] {
        var rows: [Int: Row] = [:]
        for row in try await session.run(
            """
            SELECT position, state, extract(epoch FROM begun_at)::float8 AS begun, extract(epoch FROM ended_at)::float8 AS ended,
                   to_char(begun_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS begun_at
            FROM online_change.step WHERE change_id = \(record.id)
            """
        ).rows {
            rows[try row["position"]] = row
        }
        let steps = record.plan.steps
        return try status.phases.map { phase in
            Phase(
                name: phase.name,
                summary: record.plan.phase(phase.name)?.summary ?? "",
                state: phase.state,
                steps: try steps.filter { $0.phase == phase.name }.map { position, _, step in
                    var told = Step(title: step.title)
                    guard let row = rows[position] else { return told }
                    told.state = try row["state"]
                    told.begun = try row["begun"]
                    told.begunAt = try row["begun_at"]
                    told.ended = try row["ended"]
                    // Where no lock is asked for, the trail has how long the step took.
                    if case .transaction(let transaction) = step.action, !transaction.locks.isEmpty {
                        let line = audit.last { $0.line.what == "\(step.title): \(told.state ?? "")" }
                        told.waited = line?.waited
                        told.retries = line?.retries
                    }
                    return told
                }
            )
        }
    }

    private static func locks(_ plan: Plan) -> [Lock] {
        plan.steps.flatMap { _, phase, step -> [Lock] in
            guard case .transaction(let transaction) = step.action else { return [] }
            return transaction.locks.map {
                Lock(
                    phase: phase,
                    table: "\($0.table)",
                    mode: $0.mode.rawValue,
                    reason: $0.reason,
                    step: step.title
                )
            }
        }
    }

    private static func comparisons(_ record: ChangeRecord, _ session: Session) async throws -> [Comparison] {
        try await session.run(
            """
            SELECT to_char(ended_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS at, place,
                   extract(epoch FROM ended_at - begun_at)::float8 AS seconds, rows, differences, repaired, unfit
            FROM online_change.verification WHERE change_id = \(record.id) ORDER BY id
            """
        ).rows.map { row in
            let place: Int = try row["place"]
            let columns = record.plan.columns
            return Comparison(
                at: try row["at"],
                table: columns.indices.contains(place) ? "\(columns[place].table)" : record.table,
                seconds: try row["seconds"],
                rows: try row["rows"],
                differences: try row["differences"],
                repaired: try row["repaired"],
                unfit: try row["unfit"]
            )
        }
    }
}

extension SampleLedger {
    /// The series; none where the ledger is of a version that keeps no samples, or this role may not read them.
    fileprivate func whole(_ activity: Sample.Activity) async throws -> [Sample] {
        do {
            return try await series(activity)
        } catch let error as PostgresError where error.state == .insufficientPrivilege || error.state == .undefinedTable
        {
            return []
        }
    }
}
