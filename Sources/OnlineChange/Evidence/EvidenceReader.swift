import Postgres

extension Evidence {
    /// How to look.
    public struct Request: Sendable {
        /// The change's name or number.
        public var change: String
        /// For how long nothing should have come, in seconds.
        public var quiet: Double
        /// For how long to watch the statement statistics, in seconds; 0 for one look.
        public var watching: Double
        /// Whether to read the table for rows that the old type can't hold.
        public var scans: Bool

        /// A way to look.
        public init(change: String, quiet: Double = Self.usualQuiet, watching: Double = 0, scans: Bool = false) {
            self.change = change
            self.quiet = quiet
            self.watching = watching
            self.scans = scans
        }

        /// A day: what runs once a night has had its turn.
        public static let usualQuiet = 86400.0
    }

    /// Looks at what still uses the legacy column of a change. It writes nothing, and needs no more than the right to read
    /// the ledger; what the role may not see is said.
    ///
    /// - Throws: `Failure.refused` if there is no such change, or it has ended.
    public static func read(_ parameters: ConnectionParameters, _ request: Request) async throws -> Evidence {
        let session = try await OnlineChange.Session.open(parameters)
        do {
            let evidence = try await EvidenceReader(session: session, request: request).read()
            await session.close()
            return evidence
        } catch {
            await session.close()
            throw error
        }
    }
}

/// Gathers the pieces.
private struct EvidenceReader {
    let session: Session
    let request: Evidence.Request

    func read() async throws -> Evidence {
        let change = try await change()
        // Neither a statement that is parsed nor a comparison may keep anyone waiting.
        try await session.set("lock_timeout", to: "100")
        try await session.set("statement_timeout", to: "30000")
        let moment = try await SwapMoment.read(change, on: session)
        let plan = change.plan
        var columns: [LegacyColumn] = []
        for column in plan.columns {
            if let legacy = try await LegacyColumn.find(column, on: session) { columns.append(legacy) }
        }
        let judge = try await StatementJudge(session: session, columns: columns)
        let statements =
            columns.isEmpty
            ? nil
            : try await StatementEvidence(session: session, judge: judge, columns: columns, swappedAt: moment.swappedAt)
                .read(watching: request.watching)
        // After the watch, which may have taken long.
        let writes = try await WriteEvidence(session: session, plan: plan, isSwapped: moment.swappedAt != nil).read()
        var objects: [Evidence.Mention] = []
        let reader = ObjectEvidence(session: session, plan: plan)
        for column in columns { objects += try await reader.read(column) }
        let sessions = SessionEvidence(session: session, judge: judge, columns: columns)
        let (running, hidden) = try await sessions.read()
        let quiet = Quiet(writes.map(\.report), swappedAgo: moment.secondsAgo)
        return Evidence(
            number: change.id,
            change: change.name,
            table: change.table,
            phase: change.phase,
            takenAt: try await session.value("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS TZ')"),
            swappedAt: moment.swappedAt,
            writes: writes.map(\.report),
            quiet: quiet,
            requiredQuietSeconds: request.quiet,
            statements: statements,
            objects: objects,
            sessions: running,
            hiddenSessions: hidden,
            preparedTransactions: columns.isEmpty ? [] : try await sessions.preparedTransactions(),
            unfit: try await unfit(change, moment),
            unseen: try await unseen(columns)
        )
    }

    private func change() async throws -> ChangeRecord {
        guard try await LedgerAccess.open(session) else {
            throw Failure.noLedger(request.change)
        }
        guard let change = try await Ledger(session: session).change(request.change) else {
            throw Failure.unknownChange(request.change, among: try await Ledger(session: session).names())
        }
        guard !change.hasEnded else {
            throw Failure(.refused, "the change \(change.name) is \(change.state.rawValue): nothing is left to drop")
        }
        return change
    }

    private func unfit(_ change: ChangeRecord, _ moment: SwapMoment) async throws -> Evidence.Unfit? {
        guard let swappedAt = moment.swappedAt else { return nil }
        let rows = UnfitRows(session: session, change: change.id, plan: change.plan)
        return request.scans ? try await rows.count() : try await rows.lastCounted(since: swappedAt)
    }

    /// What no server tells about the sessions of others.
    private func unseen(_ columns: [LegacyColumn]) async throws -> [String] {
        guard !columns.isEmpty else { return ["which statements write NULL: their texts don't tell"] }
        var unseen = [
            "statements that other sessions have prepared, and their cursors: the server shows them to nobody else",
            "reads of whole rows (SELECT t FROM t, row_to_json(t)), and programs that build SQL or use the column of SELECT *",
        ]
        if let obstacle = try await StatementParse.obstacle(session) {
            unseen.append("which column a statement means: \(obstacle), so names were looked for in its text")
        }
        if try await session.value("SELECT pg_is_in_recovery()") {
            unseen.append("statements and sessions of the primary and of other standbys: ask there too")
        } else if try await session.value("SELECT EXISTS (SELECT FROM pg_stat_replication)") {
            unseen.append("statements and sessions of standbys: ask there too, with --dsn")
        }
        return unseen
    }
}

/// When the columns of a change got their new roles.
struct SwapMoment: Sendable {
    /// By the server's clock; nil before swap.
    let swappedAt: String?
    /// How long ago, in seconds.
    let secondsAgo: Double?

    static func read(_ change: ChangeRecord, on session: Session) async throws -> SwapMoment {
        // A step that is one transaction is written down in it, and begins and ends with it.
        // Where no columns change places, the last step before the final phase is the moment.
        let plan = change.plan
        let before = plan.steps.filter { plan.phase($0.phase)?.isFinal == false }
        let swaps = [before.last { $0.step.isSwap } ?? before.last].compactMap(\.?.position)
        let row = try await session.run(
            """
            SELECT to_char(max(coalesce(ended_at, begun_at)), 'YYYY-MM-DD HH24:MI:SS TZ') AS at,
                   extract(epoch FROM clock_timestamp() - max(coalesce(ended_at, begun_at)))::float8 AS age
            FROM online_change.step
            WHERE change_id = \(change.id) AND position = ANY (\(swaps)::int[]) AND state = 'done'
            """
        ).rows[0]
        return SwapMoment(
            swappedAt: try row["at"],
            secondsAgo: (try row["age"] as Double?).map { max(0, $0) }
        )
    }
}
